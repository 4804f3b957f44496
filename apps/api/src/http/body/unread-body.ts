import type { Context } from 'koa'

/** Bytes of a refused body that are read, so that its client gets to read the answer. */
const DRAIN_BYTES = 32 * 1024 ** 2

/** A request whose body was refused before all of it came. */
export function hasUnreadBody({ req }: Context): boolean {
  return !req.complete && !req.destroyed
}

/**
 * Sends the answer at once, then drains a bounded part of the body before closing. A socket closed on
 * unread bytes is reset, and a reset discards an answer that the client has not read yet (RFC 9112,
 * section 9.6). An uninvited body (`Expect: 100-continue`) is not on its way, and not waited for.
 * @param timeout milliseconds that draining may take
 */
export async function closeUnreadBody(ctx: Context, timeout: number): Promise<void> {
  const { req, res } = ctx
  const body = Buffer.from(JSON.stringify(ctx.body))
  ctx.respond = false
  ctx.set('Connection', 'close')
  ctx.length = body.length
  res.write(body)
  if (req.headers.expect === undefined || ctx.state.invited) await drain(ctx, timeout)
  res.end()
}

function drain({ req }: Context, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    let left = DRAIN_BYTES
    const timer = setTimeout(done, timeout)
    function done() {
      clearTimeout(timer)
      req.pause()
      resolve()
    }
    req.on('data', (chunk: Buffer) => {
      left -= chunk.length
      if (left <= 0) done()
    })
    for (const event of ['end', 'close', 'error']) req.once(event, done)
    req.resume()
  })
}
