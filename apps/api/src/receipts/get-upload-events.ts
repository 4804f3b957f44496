import { isOutcome, isUploadId } from '@visage/shared/avatar/upload'
import { problem } from '@visage/shared/errors/app-error'
import type { Context, Middleware } from 'koa'
import type { ApiConfig } from '../config.ts'
import type { Services } from '../services.ts'
import { EVENT_STREAM, EventStream } from './event-stream.ts'
import type { UploadEvent } from './outcome-waiters.ts'
import { requireOwnReceipt } from './receipt.ts'
import { ReceiptStream, stateOfEventId } from './receipt-stream.ts'

/**
 * How an upload gets on, as server-sent events, until its end. Who has been told the end already is
 * answered 204, which keeps a browser's EventSource from connecting again.
 */
export function getUploadEvents(
  { eventStreamHeartbeat }: ApiConfig,
  services: Services,
): Middleware {
  return async (ctx) => {
    if (ctx.method === 'HEAD') return headOnly(ctx, services)
    const mail = listen(ctx, services)
    const receipt = await requireOwnReceipt(ctx, services)
    if (hasSeenOutcome(ctx)) {
      ctx.status = 204
      return
    }
    const follower = new ReceiptStream(
      new EventStream(ctx, eventStreamHeartbeat),
      receipt,
      lastEventId(ctx),
    )
    ctx.res.once('close', () => follower.close())
    follower.start(services.queuePositions)
    mail.forwardTo((news) => follower.onEvent(news))
  }
}

/** Before the receipt is read: what happens meanwhile is kept until there is somebody to tell. */
function listen(ctx: Context, { outcomeWaiters }: Services) {
  if (!isUploadId(ctx.params.id)) throw problem('uploadNotFound')
  const kept: UploadEvent[] = []
  let hear = (news: UploadEvent): unknown => kept.push(news)
  const leave = outcomeWaiters.add(ctx.params.id, (news) => hear(news))
  if (!leave) throw problem('unavailable')
  ctx.res.once('close', leave)
  if (ctx.res.destroyed) leave()
  return {
    forwardTo(listener: (news: UploadEvent) => void) {
      hear = listener
      for (const news of kept) listener(news)
    },
  }
}

async function headOnly(ctx: Context, services: Services): Promise<void> {
  await requireOwnReceipt(ctx, services)
  ctx.status = hasSeenOutcome(ctx) ? 204 : 200
  if (ctx.status === 200) ctx.type = EVENT_STREAM
}

function hasSeenOutcome(ctx: Context): boolean {
  const state = stateOfEventId(lastEventId(ctx))
  return state !== undefined && isOutcome(state)
}

function lastEventId(ctx: Context): string {
  return ctx.get('Last-Event-ID')
}
