import { isRevision } from '@visage/shared/avatar/revision'
import { isEnded } from '@visage/shared/avatar/upload'
import { problem } from '@visage/shared/errors/app-error'
import type { Context, Middleware } from 'koa'
import type { Services } from '../app.ts'
import type { ApiConfig } from '../config.ts'
import { EVENT_STREAM, EventStream } from './event-stream.ts'
import { ownReceipt } from './get-receipt.ts'
import type { News } from './outcome-waiters.ts'
import { Follower, stateOfEvent } from './receipt-stream.ts'

/**
 * How an upload gets on, as server-sent events, until its end. Who has been told the end already is
 * answered 204, which keeps a browser's EventSource from connecting again.
 */
export function getEvents({ listenerHeartbeat }: ApiConfig, services: Services): Middleware {
  return async (ctx) => {
    if (ctx.method === 'HEAD') return headOnly(ctx, services)
    const mail = listen(ctx, services)
    const receipt = await ownReceipt(ctx, services)
    if (knowsTheEnd(ctx)) {
      ctx.status = 204
      return
    }
    const follower = new Follower(
      new EventStream(ctx, listenerHeartbeat),
      receipt,
      lastEventId(ctx),
    )
    ctx.res.once('close', () => follower.close())
    follower.begin(services.line)
    mail.forwardTo((news) => follower.hear(news))
  }
}

/** Before the receipt is read: what happens meanwhile is kept until there is somebody to tell. */
function listen(ctx: Context, { listeners }: Services) {
  if (!isRevision(ctx.params.id)) throw problem('uploadNotFound')
  const kept: News[] = []
  let hear = (news: News): unknown => kept.push(news)
  const leave = listeners.listen(ctx.params.id, (news) => hear(news))
  if (!leave) throw problem('unavailable')
  ctx.res.once('close', leave)
  if (ctx.res.destroyed) leave()
  return {
    forwardTo(listener: (news: News) => void) {
      hear = listener
      for (const news of kept) listener(news)
    },
  }
}

async function headOnly(ctx: Context, services: Services): Promise<void> {
  await ownReceipt(ctx, services)
  ctx.status = knowsTheEnd(ctx) ? 204 : 200
  if (ctx.status === 200) ctx.type = EVENT_STREAM
}

function knowsTheEnd(ctx: Context): boolean {
  const state = stateOfEvent(lastEventId(ctx))
  return state !== undefined && isEnded(state)
}

function lastEventId(ctx: Context): string {
  return ctx.get('Last-Event-ID')
}
