import { problem } from '@visage/shared/errors/app-error'
import type { Context } from 'koa'
import getRawBody from 'raw-body'

/** What raw-body calls its errors, in our words. */
const PROBLEMS: Readonly<Record<string, (limit: number) => Error>> = {
  'entity.too.large': tooLarge,
  'request.aborted': () => problem('invalidContentLength'),
  'request.size.invalid': () => problem('invalidContentLength'),
}

/**
 * The request's whole body; of no bytes where it has none. One that is cut off is never taken for
 * whole, nor for empty. `Expect: 100-continue` (RFC 9110, section 10.1.1) is answered only here,
 * when everything before the body has passed.
 * @throws tooLarge, before a byte is read where the length is known; invalidContentLength
 */
export async function readBody(ctx: Context, limit: number): Promise<Buffer> {
  const length = ctx.request.length
  if (length !== undefined && length > limit) throw tooLarge(limit)
  invite(ctx)
  try {
    return await getRawBody(ctx.req, { limit, ...(length === undefined ? {} : { length }) })
  } catch (error) {
    const { type = '' } = error as { type?: string }
    throw PROBLEMS[type]?.(limit) ?? error
  }
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
