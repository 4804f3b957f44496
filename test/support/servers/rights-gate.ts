import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { handOn } from '../http/hand-on.ts'

/**
 * Proxy in front of an object store that enforces a list of rights. It records refused operations and used rights. The
 * rights of each operation follow the documentation of AWS.
 */
export class RightsGate {
  /** Rights in the form `s3:GetObject raw/*`. */
  readonly used = new Set<string>()
  readonly refused = new Set<string>()
  readonly #store: URL
  readonly #rights: ReadonlySet<string>
  readonly #server: Server

  private constructor(store: URL, rights: ReadonlySet<string>) {
    this.#store = store
    this.#rights = rights
    this.#server = createServer((incoming, response) => this.#serve(incoming, response))
  }

  static async open(endpoint: string, rights: ReadonlySet<string>): Promise<RightsGate> {
    const gate = new RightsGate(new URL(endpoint), rights)
    await once(gate.#server.listen(0, '127.0.0.1'), 'listening')
    return gate
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const needed = rightsFor(incoming, body)
    const refused = needed.filter((right) => !this.#rights.has(right))
    for (const right of needed) this.used.add(right)
    for (const right of refused) this.refused.add(right)
    if (refused.length > 0) refuse(response)
    else handOn(this.#store, incoming, response, Readable.from([body]))
  }
}

function refuse(response: ServerResponse): void {
  response.writeHead(403, { 'Content-Type': 'application/xml' })
  response.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>')
}

interface Asked {
  readonly key: string
  /** Source key of a copy. */
  readonly source: string | undefined
  readonly body: Buffer
}

const LIST = 's3:ListBucket the bucket'

/** Right on the folder of a key: `avatars/ab/…` needs the right on `avatars/*`. */
const on = (right: string, key: string) => `s3:${right} ${key.replace(/\/.*/, '/*')}`

const operations: Readonly<Record<string, (asked: Asked) => string[]>> = {
  'HEAD bucket': () => [LIST],
  'GET bucket?list-type': () => [LIST],
  'POST bucket?delete': ({ body }) => keysOf(body).map((key) => on('DeleteObject', key)),
  'GET object': ({ key }) => [on('GetObject', key)],
  'HEAD object': ({ key }) => [on('GetObject', key)],
  'PUT object': ({ key, source }) => [
    on('PutObject', key),
    ...(source === undefined ? [] : [on('GetObject', source)]),
  ],
  'DELETE object': ({ key }) => [on('DeleteObject', key)],
}

/** Returns the rights that an operation needs. An unknown operation needs a right that no key has. */
function rightsFor({ method, url, headers }: IncomingMessage, body: Buffer): string[] {
  const { pathname, search, searchParams } = new URL(`${url}`, 'http://store')
  const key = withoutBucket(decodeURIComponent(pathname).slice(1))
  const query = searchParams.has('list-type') ? '?list-type' : search
  const operation = `${method} ${key ? 'object' : 'bucket'}${query}`
  const copied = headers['x-amz-copy-source']
  const source = copied === undefined ? undefined : withoutBucket(decodeURIComponent(`${copied}`))
  return operations[operation]?.({ key, source, body }) ?? [operation]
}

const withoutBucket = (path: string) => path.split('/').slice(1).join('/')

const keysOf = (body: Buffer) =>
  [...body.toString().matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = '']) => key)
