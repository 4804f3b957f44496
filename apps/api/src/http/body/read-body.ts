import { problem } from '@visage/shared/errors/app-error'
import type { Context } from 'koa'
import getRawBody from 'raw-body'
import type { ByteBudget } from './byte-budget.ts'
import { enforceMinimumRate, type MinimumRate } from './minimum-rate.ts'

/** What raw-body calls its errors, in our words. */
const PROBLEMS: Readonly<Record<string, (limit: number) => Error>> = {
  'entity.too.large': tooLarge,
  'request.aborted': () => problem('invalidContentLength'),
  'request.size.invalid': () => problem('invalidContentLength'),
}

/** raw-body holds the pieces of a body while it joins them. */
const TWICE = 2

/** What a body may cost. */
export interface BodyLimits {
  /** Bytes. */
  readonly limit: number
  readonly pace: MinimumRate
  readonly budget: ByteBudget
}

/** The body of one request, and how its share of the budget is given back. */
export interface Body {
  readonly bytes: Buffer
  release(): void
}

/**
 * The request's whole body; of no bytes where it has none. One that is cut off is never taken for
 * whole, nor for empty. `Expect: 100-continue` (RFC 9110, section 10.1.1) is answered only here,
 * when everything before the body has passed. A body of unknown length takes the limit's share of
 * the budget, and each takes it twice until it is whole.
 * @throws tooLarge, before a byte is read where the length is known; unavailable; invalidContentLength; tooSlow
 */
export async function readBody(ctx: Context, { limit, pace, budget }: BodyLimits): Promise<Body> {
  assertCoding(ctx)
  const length = hasBody(ctx) ? ctx.request.length : 0
  if (length !== undefined && length > limit) throw tooLarge(limit)
  const release = budget.take(TWICE * (length ?? limit))
  try {
    invite(ctx)
    const options = { limit, ...(length === undefined ? {} : { length }) }
    const bytes = await enforceMinimumRate(ctx.req, pace, getRawBody(ctx.req, options))
    release()
    return { bytes, release: budget.take(bytes.length) }
  } catch (error) {
    release()
    const { type = '' } = error as { type?: string }
    throw PROBLEMS[type]?.(limit) ?? error
  }
}

/** RFC 9112, section 6: a request has a body exactly if it has one of these headers. */
export function hasBody({ req: { headers } }: Context): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

/** RFC 9112, section 6.1: what the bytes mean is only known where `chunked` is all that was done to them. */
function assertCoding(ctx: Context): void {
  const coding = ctx.get('Transfer-Encoding').toLowerCase()
  if (coding === '' || coding === 'chunked') return
  ctx.set('Connection', 'close')
  throw problem('invalidContentLength')
}

function invite(ctx: Context): void {
  if (ctx.get('Expect').toLowerCase() !== '100-continue') return
  ctx.state.invited = true
  ctx.res.writeContinue()
}

function tooLarge(limit: number): Error {
  return problem(
    'tooLarge',
    limit % 1024 ** 2 === 0 ? `${limit / 1024 ** 2} MiB` : `${limit} bytes`,
  )
}
