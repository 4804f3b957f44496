type Headers = Readonly<Record<string, string>>

const COMMON: Headers = { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' }

/** Headers of a response that only its requester may read: no caching, no framing, no use by other origins. */
const PRIVATE: Headers = {
  ...COMMON,
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/**
 * Default headers for each kind of response. Any site may embed and read a picture, but a browser must not run anything
 * in it. A route may override a header.
 */
export const outputHeaders = {
  picture: {
    ...COMMON,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'ETag, X-Cr-Correlation-Id',
  },
  envelope: PRIVATE,
  ops: PRIVATE,
} as const satisfies Readonly<Record<string, Headers>>

/**
 * HSTS for one year (RFC 6797). Browsers ignore the header in responses over plain HTTP. `includeSubDomains` is
 * absent because other services may own the subdomains.
 */
export const httpsHeaders = { 'Strict-Transport-Security': 'max-age=31536000' } as const
