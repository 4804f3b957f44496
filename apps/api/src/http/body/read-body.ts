import { problem } from '@visage/shared/errors/app-error'
import type { Context } from 'koa'
import getRawBody from 'raw-body'
import type { ByteBudget } from './byte-budget.ts'
import { enforceMinimumRate, type MinimumRate } from './minimum-rate.ts'

/** Maps the error types of raw-body to problems of the catalogue. */
const PROBLEMS: Readonly<Record<string, (limit: number) => Error>> = {
  'entity.too.large': tooLarge,
  'request.aborted': () => problem('invalidContentLength'),
  'request.size.invalid': () => problem('invalidContentLength'),
}

/** raw-body holds the chunks of a body and the joined buffer at the same time. */
const MEMORY_FACTOR = 2

/** Limits on size, rate and memory of a request body. */
export interface BodyLimits {
  /** Bytes. */
  readonly limit: number
  readonly minimumRate: MinimumRate
  readonly budget: ByteBudget
}

/** The body of one request. `release` returns its share of the byte budget. */
export interface Body {
  readonly bytes: Buffer
  release(): void
}

/**
 * Reads the complete body; a request without a body gives 0 bytes. A body that is cut off is an error: it never counts
 * as complete or as empty. Only this function answers `Expect: 100-continue` (RFC 9110, section 10.1.1), after all
 * earlier checks have passed. A body of unknown length reserves `limit` bytes. Each body reserves twice its size until
 * it is complete.
 * @throws tooLarge (before a byte is read if the length is known), unavailable, invalidContentLength, tooSlow
 */
export async function readBody(
  ctx: Context,
  { limit, minimumRate, budget }: BodyLimits,
): Promise<Body> {
  assertTransferCoding(ctx)
  const length = hasBody(ctx) ? ctx.request.length : 0
  if (length !== undefined && length > limit) throw tooLarge(limit)
  const release = budget.take(MEMORY_FACTOR * (length ?? limit))
  try {
    sendContinue(ctx)
    const options = { limit, ...(length === undefined ? {} : { length }) }
    const bytes = await enforceMinimumRate(ctx.req, minimumRate, getRawBody(ctx.req, options))
    release()
    return { bytes, release: budget.take(bytes.length) }
  } catch (error) {
    release()
    const { type = '' } = error as { type?: string }
    throw PROBLEMS[type]?.(limit) ?? error
  }
}

/** A request has a body if and only if it has one of these headers (RFC 9112, section 6). */
export function hasBody({ req: { headers } }: Context): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

/** Rejects every transfer coding except `chunked`, because the API cannot decode others (RFC 9112, section 6.1). */
function assertTransferCoding(ctx: Context): void {
  const coding = ctx.get('Transfer-Encoding').toLowerCase()
  if (coding === '' || coding === 'chunked') return
  ctx.set('Connection', 'close')
  throw problem('invalidContentLength')
}

function sendContinue(ctx: Context): void {
  if (ctx.get('Expect').toLowerCase() !== '100-continue') return
  ctx.state.continueSent = true
  ctx.res.writeContinue()
}

function tooLarge(limit: number): Error {
  return problem(
    'tooLarge',
    limit % 1024 ** 2 === 0 ? `${limit / 1024 ** 2} MiB` : `${limit} bytes`,
  )
}
