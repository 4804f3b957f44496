import type { Context } from 'koa'

/** Maximum bytes to read of a rejected body, so that its client can read the response. */
const DRAIN_BYTES = 32 * 1024 ** 2

/** True if the request was rejected before its body was received completely. */
export function hasUnreadBody({ req }: Context): boolean {
  return !req.complete && !req.destroyed
}

/**
 * Sends the response at once, then drains a limited part of the body before closing. Closing a socket with unread bytes
 * resets the connection, and a reset discards a response that the client has not read yet (RFC 9112, section 9.6).
 * Without a 100 response to `Expect: 100-continue` the client does not send the body, so there is nothing to drain.
 * @param timeout maximum milliseconds for draining
 */
export async function closeUnreadBody(ctx: Context, timeout: number): Promise<void> {
  const { req, res } = ctx
  const body = Buffer.from(JSON.stringify(ctx.body))
  ctx.respond = false
  ctx.set('Connection', 'close')
  ctx.length = body.length
  res.write(body)
  if (req.headers.expect === undefined || ctx.state.continueSent) await drain(ctx, timeout)
  res.end()
}

function drain({ req }: Context, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    let remaining = DRAIN_BYTES
    const timer = setTimeout(done, timeout)
    function done() {
      clearTimeout(timer)
      req.pause()
      resolve()
    }
    req.on('data', (chunk: Buffer) => {
      remaining -= chunk.length
      if (remaining <= 0) done()
    })
    for (const event of ['end', 'close', 'error']) req.once(event, done)
    req.resume()
  })
}
