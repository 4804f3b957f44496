import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

/** Forwards a request to a store. The request is unchanged, as it is signed. */
export function handOn(
  store: { readonly hostname: string; readonly port: string | number },
  incoming: IncomingMessage,
  response: ServerResponse,
  body: Readable = incoming,
): void {
  const { method, url: path, headers } = incoming
  const onward = request({ host: store.hostname, port: store.port, method, path, headers })
  onward.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(response)
  })
  onward.once('error', () => response.destroy())
  body.pipe(onward)
}
