import type { ServerResponse } from 'node:http'
import { httpsHeaders, outputHeaders } from '@visage/shared/output-headers'
import type { Middleware } from 'koa'
import onHeaders from 'on-headers'
import type { Client } from './client-address.ts'
import { CORRELATION_HEADER } from './correlation.ts'
import { picturePaths } from './path.ts'

/**
 * Has every answer carry what it must, whoever makes it: the headers are added as they are written, which is
 * also after Koa 3.3 has taken away all that were there, for what is thrown past the envelope. A 304 is
 * left without: its client has them with the picture (RFC 9110, section 15.4.5), and would be sent twice
 * the bytes.
 */
export function setOutputHeaders(prefix: string | undefined): Middleware {
  const isPicture = picturePaths(prefix)
  return (ctx, next) => {
    const { res, state } = ctx
    onHeaders(res, () => {
      res.setHeader(CORRELATION_HEADER, state.correlationId)
      if (res.statusCode === 304) return
      const { https } = state.client as Client
      const kind = isPicture(ctx) ? 'picture' : 'envelope'
      addMissing(res, table[kind][https ? 'https' : 'http'])
    })
    return next()
  }
}

/** A route that knows better has set its own. */
function addMissing(response: ServerResponse, headers: readonly [string, string][]): void {
  for (const [name, value] of headers)
    if (!response.hasHeader(name)) response.setHeader(name, value)
}

const table = { picture: bySchemes('picture'), envelope: bySchemes('envelope') }

function bySchemes(kind: 'picture' | 'envelope') {
  const headers = { 'Cache-Control': 'no-store', ...outputHeaders[kind] }
  return {
    http: Object.entries(headers),
    https: Object.entries({ ...headers, ...httpsHeaders }),
  }
}
