import { readEvents } from './event-stream.ts'

/**
 * Sends a picture and tells what becomes of it. This file and `event-stream.ts` stand alone: copy the
 * two into a project of your own. Settled by docs/clients.md.
 */

/** A receipt: what the service says of one upload. */
export interface Receipt {
  readonly upload_id: string
  readonly state: 'queued' | 'processing' | 'ready' | 'rejected' | 'superseded' | 'failed'
  readonly reason: string | null
  /** For a person; empty if there is nothing to say. */
  readonly msg: string
  readonly correlation_id: string
}

/** Any state of an upload. */
export type Progress = Pick<Receipt, 'upload_id' | 'state'> &
  Partial<Receipt> & {
    /** The place in line, where it is known: 1 is next. */
    readonly position?: number | null
  }

export interface Service {
  /** Where the API is: an origin, a path prefix, both, or nothing. */
  readonly api: string
  readonly token: string
  readonly signal?: AbortSignal | undefined
}

export interface Upload extends Service {
  /** The file as it is: the service reads its format from its bytes. */
  readonly file: Blob
  /** In pixels of the picture as a person sees it. */
  readonly crop?: { x: number; y: number; width: number; height: number } | undefined
  readonly onSent?: ((sent: number, total: number) => void) | undefined
}

/** Any answer but success. `status` 0: there was none, and the upload may be sent again. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: number
  readonly status: number
  readonly correlationId: string | undefined
  /** Seconds after which to try again, where the service says so. */
  readonly retryAfter: number | undefined

  constructor(status: number, body: Failure, retryAfter: string | null) {
    super(body.msg || 'The service cannot be reached; look at your connection and try again')
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
const POLL = { first: 300, most: 3000 }
const ENDED = ['ready', 'rejected', 'superseded', 'failed']

/**
 * Resolves once the service has the bytes, with the upload's id. `fetch` tells nothing of what it has
 * sent, so this is an XMLHttpRequest.
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
 * Each state of an upload as it comes to it, the end state last. By server-sent events; where there are
 * none, or they break off, by asking for the receipt, and again for as long as the service is away.
 * @throws ServiceError; the signal's reason
 */
export async function* follow(id: string, service: Service): AsyncGenerator<Progress> {
  const path = `${AVATAR}/uploads/${id}`
  for await (const progress of events(id, service)) {
    yield progress
    if (ENDED.includes(progress.state)) return
  }
  for (let wait = POLL.first; ; wait = Math.min(wait * 1.5, POLL.most)) {
    const receipt = await ask<Receipt>(service, 'GET', path).catch(unlessPassing)
    if (receipt) yield receipt
    if (receipt && ENDED.includes(receipt.state)) return
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

/** Ends early, and without an error, wherever the stream does. */
async function* events(id: string, service: Service): AsyncGenerator<Progress> {
  try {
    const { body, headers } = await call(service, 'GET', `${AVATAR}/uploads/${id}/events`)
    if (!body || !headers.get('Content-Type')?.startsWith('text/event-stream')) return
    for await (const { event, data } of readEvents(body)) {
      yield { ...JSON.parse(data), upload_id: id, state: event }
    }
  } catch {
    service.signal?.throwIfAborted()
  }
}

/** What was accepted stays accepted: an answer that does not come now comes later. */
function unlessPassing(error: unknown): undefined {
  const passing = error instanceof ServiceError && [0, 503, 50001].includes(error.code)
  if (!passing) throw error
}

/** One call of the API. @returns its `data`  @throws ServiceError; the signal's reason */
export async function ask<T>(service: Service, method: string, path: string): Promise<T> {
  const answer = await call(service, method, path)
  const body = parse(await answer.text())
  if (body.code === 0) return body.data as T
  throw new ServiceError(answer.status, body, answer.headers.get('Retry-After'))
}

function call({ api, token, signal }: Service, method: string, path: string): Promise<Response> {
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
    return { msg: 'The answer was not one of this service; try again shortly' }
  }
}
