import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StartError } from '../lifecycle/start-error.ts'
import { outputHeaders } from '../output-headers.ts'

export interface OpsResponse {
  readonly status: number
  /** Content type of a text body. Default: plain text. */
  readonly type?: string
  /** A string is sent unchanged, any other value as JSON. */
  readonly body: unknown
}

export type OpsRoutes = Readonly<Record<string, () => Promise<OpsResponse> | OpsResponse>>

/** Request handlers by the first segment of the path: `/queues` also receives `/queues/find`. */
export type OpsMounts = Readonly<Record<string, RequestListener>>

/** Creates the server of operators' routes, for a separate port that users cannot reach. Routes answer GET and HEAD. */
export function createOpsServer(routes: OpsRoutes, mounts: OpsMounts = {}): Server {
  return createServer((req, res) => {
    const [pathname = '/'] = (req.url ?? '/').split('?')
    const mount = ownValue(mounts, pathname.split('/', 2).join('/'))
    if (mount) mount(req, res)
    else answer(ownValue(routes, pathname), res)
  })
}

async function answer(route: OpsRoutes[string] | undefined, res: ServerResponse): Promise<void> {
  const { method } = res.req
  if (!route) return reply(res, { status: 404, body: { error: 'Page not found' } })
  if (method !== 'GET' && method !== 'HEAD') {
    res.setHeader('Allow', 'GET, HEAD')
    return reply(res, { status: 405, body: { error: 'Method not allowed; use GET or HEAD' } })
  }
  reply(res, await Promise.resolve(route()).catch(internalError))
}

const ownValue = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

const internalError = (): OpsResponse => ({ status: 500, body: { error: 'Internal error' } })

function reply(res: ServerResponse, { status, body, type }: OpsResponse): void {
  const isText = typeof body === 'string'
  const defaultType = isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  res.writeHead(status, {
    'Content-Type': type ?? defaultType,
    ...outputHeaders.ops,
  })
  const content = isText ? body : `${JSON.stringify(body)}\n`
  res.end(res.req.method === 'HEAD' ? undefined : content)
}

/** Starts to listen and returns the port.  @throws StartError with the port, if the server cannot listen */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port, host)))
    server.listen(port, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

function portError(error: NodeJS.ErrnoException, port: number, host: string): StartError {
  const cause = error.code === 'EADDRINUSE' ? 'another program uses this port' : error.message
  return new StartError(`Cannot listen on ${host}:${port}: ${cause}`, { cause: error })
}
