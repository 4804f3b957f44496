/**
 * Every failure that a response can report. `code` goes into the envelope. `status` is 200 if the service handled the
 * request, because the published API fixes the status and reports the outcome in `code`.
 */
export const catalogue = {
  loginRequired: entry(401, 200, () => 'Login required'),
  invalidTokenType: entry(40020, 200, () => 'Invalid token type'),
  insufficientScope: entry(40089, 200, (scope: string) => `Insufficient scope: ${scope}`),
  badParameter: entry(40001, 200, (sentence: string) => sentence),
  invalidContentLength: entry(40013, 200, () => 'Invalid content length'),
  tooLarge: entry(40049, 200, (limit: string) => `The picture is larger than ${limit}`),
  unsupportedFormat: entry(40050, 200, (sentence: string) => sentence),
  uploadNotFound: entry(404, 200, () => 'Not found'),
  notFound: entry(404, 404, () => 'Not found'),
  methodNotAllowed: entry(405, 405, () => 'Method not allowed'),
  tooSlow: entry(
    408,
    408,
    () => 'The upload was too slow; send the picture again on a faster connection',
  ),
  tooManyRequests: entry(
    429,
    429,
    (requests: string, wait: string) => `Too many ${requests}; try again in ${wait}`,
  ),
  unavailable: entry(503, 503, () => 'The service is busy or stopping; try again shortly'),
  keysUnavailable: entry(503, 503, () => 'Your login cannot be checked now; try again shortly'),
  internal: entry(500, 500, () => 'Something went wrong on our side'),
  databaseFailed: entry(50001, 200, () => 'The database is not available; try again shortly'),
  storeFailed: entry(50004, 200, () => 'The picture store is not available; try again shortly'),
} as const

export type Problem = keyof typeof catalogue
export type MessageArguments<P extends Problem> = Parameters<(typeof catalogue)[P]['msg']>

function entry<Args extends string[]>(
  code: number,
  status: number,
  msg: (...args: Args) => string,
) {
  return { code, status, msg }
}
