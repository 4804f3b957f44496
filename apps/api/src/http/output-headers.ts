import type { ServerResponse } from 'node:http'
import { httpsHeaders, outputHeaders } from '@visage/shared/output-headers'
import type { Middleware } from 'koa'
import onHeaders from 'on-headers'
import type { Client } from './client-address.ts'
import { CORRELATION_HEADER } from './correlation.ts'
import { matchPicturePaths } from './path.ts'

/**
 * Adds the mandatory headers to every response, just before Node writes them. This also covers errors thrown past the
 * envelope, for which Koa 3.3 removes all headers. A 304 gets only the correlation id: the client has stored the others
 * with the picture (RFC 9110, section 15.4.5), and they would double the response's size.
 */
export function setOutputHeaders(prefix: string | undefined): Middleware {
  const isPicture = matchPicturePaths(prefix)
  return (ctx, next) => {
    const { res, state } = ctx
    onHeaders(res, () => {
      res.setHeader(CORRELATION_HEADER, state.correlationId)
      if (res.statusCode === 304) return
      const { https } = state.client as Client
      const kind = isPicture(ctx) ? 'picture' : 'envelope'
      addMissing(res, headersByKind[kind][https ? 'https' : 'http'])
    })
    return next()
  }
}

/** Keeps the headers that a route has set itself. */
function addMissing(response: ServerResponse, headers: readonly [string, string][]): void {
  for (const [name, value] of headers)
    if (!response.hasHeader(name)) response.setHeader(name, value)
}

const headersByKind = { picture: headersByScheme('picture'), envelope: headersByScheme('envelope') }

function headersByScheme(kind: 'picture' | 'envelope') {
  const headers = { 'Cache-Control': 'no-store', ...outputHeaders[kind] }
  return {
    http: Object.entries(headers),
    https: Object.entries({ ...headers, ...httpsHeaders }),
  }
}
