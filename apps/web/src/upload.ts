import { readEvents } from './event-stream.ts'

/**
 * Sends a picture and follows its processing. This file and `event-stream.ts` import nothing else: you can copy both
 * into your own project. docs/clients.md describes the protocol.
 */

/** The service's record of one upload. */
export interface Receipt {
  readonly upload_id: string
  readonly state: 'queued' | 'processing' | 'ready' | 'rejected' | 'superseded' | 'failed'
  readonly reason: string | null
  /** A message for the user; can be empty. */
  readonly msg: string
  readonly correlation_id: string
}

/** One state of an upload. */
export type Progress = Pick<Receipt, 'upload_id' | 'state'> &
  Partial<Receipt> & {
    /** The queue position, if it is known. 1 is the next upload. */
    readonly position?: number | null
  }

export interface Service {
  /** The origin and path prefix of the API. Both are optional. */
  readonly api: string
  readonly token: string
  readonly signal?: AbortSignal | undefined
}

export interface Upload extends Service {
  /** The unchanged file. The service detects the format from its bytes. */
  readonly file: Blob
  /** In pixels of the upright picture. */
  readonly crop?: { x: number; y: number; width: number; height: number } | undefined
  readonly onSent?: ((sent: number, total: number) => void) | undefined
}

/** An answer that is not a success. With `status` 0 there was no answer, and the upload can be sent again. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: number
  readonly status: number
  readonly correlationId: string | undefined
  /** Seconds after which to retry, if the service says so. */
  readonly retryAfter: number | undefined

  constructor(status: number, body: Failure, retryAfter: string | null) {
    super(body.msg || 'The service cannot be reached; check your connection and try again')
    this.status = status
    this.code = body.code ?? status
    this.correlationId = body.correlation_id
    this.retryAfter = Number(retryAfter) || undefined
  }
}

interface Failure {
  readonly code?: number
  readonly msg?: string
  readonly correlation_id?: string
}

const AVATAR = '/user/setting/avatar'
/** Milliseconds between two requests for the receipt. */
const POLL_INTERVAL = { initial: 300, max: 3000 }
const FINAL_STATES = ['ready', 'rejected', 'superseded', 'failed']

/**
 * Sends a picture. Uses XMLHttpRequest, because `fetch` does not report the upload's progress.
 * @returns the upload id, as soon as the service has accepted the picture
 * @throws ServiceError; the signal's reason
 */
export function sendPicture(upload: Upload): Promise<string> {
  const { api, token, file, crop, signal, onSent } = upload
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const { x, y, width, height } = crop ?? {}
    request.open('PUT', `${api}${AVATAR}${crop ? `?crop=${[x, y, width, height]}` : ''}`)
    request.setRequestHeader('Authorization', `Bearer ${token}`)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.upload.onprogress = ({ loaded, total }) => onSent?.(loaded, total)
    request.onerror = () => reject(new ServiceError(0, {}, null))
    request.onabort = () => reject(signal?.reason)
    request.onload = () => {
      const body = parse(request.responseText)
      const id = request.getResponseHeader('X-Upload-Id')
      if (body.code === 0 && id) resolve(id)
      else reject(new ServiceError(request.status, body, request.getResponseHeader('Retry-After')))
    }
    signal?.addEventListener('abort', () => request.abort(), { once: true })
    if (signal?.aborted) reject(signal.reason)
    else request.send(file)
  })
}

/**
 * Yields each state of an upload, the final state last. Reads server-sent events. If events are unavailable or break
 * off, polls the receipt, and continues to poll while the service is unavailable.
 * @throws ServiceError; the signal's reason
 */
export async function* follow(id: string, service: Service): AsyncGenerator<Progress> {
  const path = `${AVATAR}/uploads/${id}`
  for await (const progress of streamEvents(id, service)) {
    yield progress
    if (FINAL_STATES.includes(progress.state)) return
  }
  for (let delay = POLL_INTERVAL.initial; ; delay = Math.min(delay * 1.5, POLL_INTERVAL.max)) {
    const receipt = await callApi<Receipt>(service, 'GET', path).catch(throwUnlessTransient)
    if (receipt) yield receipt
    if (receipt && FINAL_STATES.includes(receipt.state)) return
    await new Promise((resolve) => setTimeout(resolve, delay))
  }
}

/** Ends without an error if the stream breaks off. @throws the signal's reason */
async function* streamEvents(id: string, service: Service): AsyncGenerator<Progress> {
  try {
    const { body, headers } = await fetchApi(service, 'GET', `${AVATAR}/uploads/${id}/events`)
    if (!body || !headers.get('Content-Type')?.startsWith('text/event-stream')) return
    for await (const { event, data } of readEvents(body)) {
      yield { ...JSON.parse(data), upload_id: id, state: event }
    }
  } catch {
    service.signal?.throwIfAborted()
  }
}

/** Ignores transient errors: an accepted upload cannot be lost, so a later poll gets its state. */
function throwUnlessTransient(error: unknown): undefined {
  const isTransient = error instanceof ServiceError && [0, 503, 50001].includes(error.code)
  if (!isTransient) throw error
}

/** Calls the API. @returns the `data` of the answer  @throws ServiceError; the signal's reason */
export async function callApi<T>(service: Service, method: string, path: string): Promise<T> {
  const answer = await fetchApi(service, method, path)
  const body = parse(await answer.text())
  if (body.code === 0) return body.data as T
  throw new ServiceError(answer.status, body, answer.headers.get('Retry-After'))
}

function fetchApi(
  { api, token, signal }: Service,
  method: string,
  path: string,
): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}` }
  return fetch(api + path, { method, headers, signal: signal ?? null, cache: 'no-store' }).catch(
    (cause) => {
      signal?.throwIfAborted()
      throw Object.assign(new ServiceError(0, {}, null), { cause })
    },
  )
}

function parse(text: string): Failure & { readonly data?: unknown } {
  try {
    return JSON.parse(text)
  } catch {
    return { msg: 'The answer did not come from the service; try again shortly' }
  }
}
