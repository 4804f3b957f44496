import { success } from '@visage/shared/envelope'
import type { Middleware } from 'koa'
import type { Services } from '../services.ts'
import { receiptToJson, requireOwnReceipt } from './receipt.ts'

/** Answers GET with the receipt of one of the caller's uploads. */
export function getReceipt(services: Pick<Services, 'uploads' | 'raw'>): Middleware {
  return async (ctx) => {
    const receipt = await requireOwnReceipt(ctx, services)
    ctx.set('Cache-Control', 'no-store')
    ctx.body = success(receiptToJson(receipt))
  }
}
