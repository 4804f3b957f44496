// `Cache-Control` values of successful responses. Caches never store an error response.

/** For an address whose picture can change: caches must revalidate before each use. */
export const REVALIDATE = 'public, no-cache'

/** For a redirect to a variant. Its target changes only if the operator moves the variants: cached for one day. */
export const CACHE_FOR_A_DAY = 'public, max-age=86400'
