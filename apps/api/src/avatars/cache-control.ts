/** How long caches may keep what a route answers. What fails is never kept at all. */

/** What an address shows now: to be checked before each use. */
export const REVALIDATE = 'public, no-cache'

/** Where a variant is found: for good as long as the operator does not move them, so for a day. */
export const CACHE_FOR_A_DAY = 'public, max-age=86400'
