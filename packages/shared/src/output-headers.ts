type Headers = Readonly<Record<string, string>>

const EVERY: Headers = { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' }

/** For those who were meant to read it, and as nothing but what it says it is. */
const PRIVATE: Headers = {
  ...EVERY,
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/**
 * What goes out with every kind of answer, whatever else it says. A picture may be shown and read by
 * any site, and nothing that it holds may run. A route that knows better sets its own over these.
 */
export const outputHeaders = {
  picture: {
    ...EVERY,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'ETag, X-Cr-Correlation-Id',
  },
  envelope: PRIVATE,
  ops: PRIVATE,
} as const satisfies Readonly<Record<string, Headers>>

/** For a year, by RFC 6797; heeded only where it came by https. The subdomains are not ours to speak for. */
export const httpsHeaders = { 'Strict-Transport-Security': 'max-age=31536000' } as const
