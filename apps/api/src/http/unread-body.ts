import type { Context } from 'koa'

/** How much of a refused body is read, and for how many milliseconds, so that its client gets to read the answer. */
const DRAIN = { bytes: 32 * 1024 ** 2, time: 2000 }

/** A request whose body was refused before all of it came. */
export function hasUnreadBody({ req }: Context): boolean {
  return !req.complete && !req.destroyed
}

/**
 * Sends the answer at once, then drains a bounded part of the body before closing. A socket closed on
 * unread bytes is reset, and a reset discards an answer that the client has not read yet (RFC 9112,
 * section 9.6). An uninvited body (`Expect: 100-continue`) is not on its way, and not waited for.
 */
export async function closeUnreadBody(ctx: Context): Promise<void> {
  const { req, res } = ctx
  const body = Buffer.from(JSON.stringify(ctx.body))
  ctx.respond = false
  ctx.set('Connection', 'close')
  ctx.length = body.length
  res.write(body)
  if (req.headers.expect === undefined || ctx.state.invited) await drain(ctx)
  res.end()
}

function drain({ req }: Context): Promise<void> {
  return new Promise((resolve) => {
    let left = DRAIN.bytes
    const timer = setTimeout(done, DRAIN.time)
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
