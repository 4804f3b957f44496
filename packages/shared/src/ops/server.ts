import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StartError } from '../lifecycle/start-error.ts'
import { outputHeaders } from '../output-headers.ts'

export interface OpsResponse {
  readonly status: number
  /** Of text that is more than plain. */
  readonly type?: string
  /** Text goes out as it is, anything else as JSON. */
  readonly body: unknown
}

export type OpsRoutes = Readonly<Record<string, () => Promise<OpsResponse> | OpsResponse>>

/** Programs of their own, by the first part of their paths: `/queues` also gets `/queues/find`. */
export type OpsMounts = Readonly<Record<string, RequestListener>>

/** Health and the like, on a port of their own that users cannot reach. Its routes answer GET and HEAD. */
export function createOpsServer(routes: OpsRoutes, mounts: OpsMounts = {}): Server {
  return createServer((req, res) => {
    const [pathname = '/'] = (req.url ?? '/').split('?')
    const mount = own(mounts, pathname.split('/', 2).join('/'))
    if (mount) mount(req, res)
    else answer(own(routes, pathname), res)
  })
}

async function answer(route: OpsRoutes[string] | undefined, res: ServerResponse): Promise<void> {
  const { method } = res.req
  if (!route) return reply(res, { status: 404, body: { error: 'no such page' } })
  if (method !== 'GET' && method !== 'HEAD') {
    res.setHeader('Allow', 'GET, HEAD')
    return reply(res, { status: 405, body: { error: 'only GET and HEAD' } })
  }
  reply(res, await Promise.resolve(route()).catch(failed))
}

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

const failed = (): OpsResponse => ({ status: 500, body: { error: 'this check failed' } })

function reply(res: ServerResponse, { status, body, type }: OpsResponse): void {
  const isText = typeof body === 'string'
  const usual = isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  res.writeHead(status, {
    'Content-Type': type ?? usual,
    ...outputHeaders.ops,
  })
  const content = isText ? body : `${JSON.stringify(body)}\n`
  res.end(res.req.method === 'HEAD' ? undefined : content)
}

/** @returns the port, once it listens  @throws an error that names the port where it cannot */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port, host)))
    server.listen(port, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

function portError(error: NodeJS.ErrnoException, port: number, host: string): StartError {
  const why = error.code === 'EADDRINUSE' ? 'another program has it' : error.message
  return new StartError(`Cannot listen on ${host}:${port}: ${why}`, { cause: error })
}
