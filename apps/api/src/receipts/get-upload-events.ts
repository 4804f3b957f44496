import { isOutcome, isUploadId } from '@visage/shared/avatar/upload'
import { problem } from '@visage/shared/errors/app-error'
import type { Context, Middleware } from 'koa'
import type { ApiConfig } from '../config.ts'
import type { Services } from '../services.ts'
import { EVENT_STREAM, EventStream } from './event-stream.ts'
import type { OnUploadEvent, UploadEvent } from './outcome-waiters.ts'
import { requireOwnReceipt } from './receipt.ts'
import { ReceiptStream, stateOfEventId } from './receipt-stream.ts'

/**
 * Streams the states of an upload as server-sent events, up to its outcome. A client that has received the outcome gets
 * 204, which stops a browser's EventSource from reconnecting.
 */
export function getUploadEvents(
  { eventStreamHeartbeat }: ApiConfig,
  services: Services,
): Middleware {
  return async (ctx) => {
    if (ctx.method === 'HEAD') return answerHead(ctx, services)
    const subscription = subscribe(ctx, services)
    const receipt = await requireOwnReceipt(ctx, services)
    if (hasSeenOutcome(ctx)) {
      ctx.status = 204
      return
    }
    const stream = new ReceiptStream(
      new EventStream(ctx, eventStreamHeartbeat),
      receipt,
      lastEventId(ctx),
    )
    ctx.res.once('close', () => stream.close())
    stream.start(services.queuePositions)
    subscription.forwardTo((event) => stream.onEvent(event))
  }
}

/**
 * Subscribes to the events of the upload. Call it before the receipt is read: events are buffered until `forwardTo`
 * sets their handler, so none is lost.
 * @throws uploadNotFound, unavailable
 */
function subscribe(ctx: Context, { outcomeWaiters }: Services) {
  if (!isUploadId(ctx.params.id)) throw problem('uploadNotFound')
  const buffered: UploadEvent[] = []
  let onEvent = (event: UploadEvent): unknown => buffered.push(event)
  const unsubscribe = outcomeWaiters.add(ctx.params.id, (event) => onEvent(event))
  if (!unsubscribe) throw problem('unavailable')
  ctx.res.once('close', unsubscribe)
  if (ctx.res.destroyed) unsubscribe()
  return {
    forwardTo(handler: OnUploadEvent) {
      onEvent = handler
      for (const event of buffered) handler(event)
    },
  }
}

async function answerHead(ctx: Context, services: Services): Promise<void> {
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
