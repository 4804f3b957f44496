import { isRevision, type Revision } from '@visage/shared/avatar/revision'
import type { Upload } from '@visage/shared/avatar/upload'
import type { UploadRecord } from '@visage/shared/db/uploads'
import { success } from '@visage/shared/envelope'
import { problem } from '@visage/shared/errors/app-error'
import type { Context, Middleware } from 'koa'
import type { Services } from '../app.ts'
import type { Caller } from '../auth/verify-token.ts'

export type Receipt = Upload | UploadRecord

export function receiptPath(prefix: string, id: Revision): string {
  return `${prefix}/user/setting/avatar/uploads/${id}`
}

/** What became of one upload; another user's is as good as none. */
export function getReceipt(services: Services): Middleware {
  return async (ctx) => {
    const receipt = await ownReceipt(ctx, services)
    ctx.set('Cache-Control', 'no-store')
    ctx.body = success(receiptToJson(receipt))
  }
}

/** The receipt that the path names.  @throws uploadNotFound where there is none of the caller's */
export async function ownReceipt(ctx: Context, services: Services): Promise<Receipt> {
  const { userId } = ctx.state.caller as Caller
  const receipt = await findReceipt(ctx.params.id, services)
  if (receipt?.userId !== userId) throw problem('uploadNotFound')
  return receipt
}

/**
 * The record that workers write, or before the first attempt the raw object itself. The record is
 * asked for again at the end: the outcome may be written, and the object gone, between the first two.
 */
export async function findReceipt(
  id: string,
  { uploads, raw }: Pick<Services, 'uploads' | 'raw'>,
): Promise<Receipt | undefined> {
  if (!isRevision(id)) return undefined
  return (await uploads.find(id)) ?? (await raw.find(id)) ?? (await uploads.find(id))
}

export function stateOf(receipt: Receipt): UploadRecord['state'] | 'queued' {
  return 'state' in receipt ? receipt.state : 'queued'
}

export function receiptToJson(receipt: Receipt) {
  const record: Partial<UploadRecord> = receipt
  return {
    upload_id: receipt.id,
    state: stateOf(receipt),
    reason: record.reason ?? null,
    msg: record.msg ?? '',
    bytes: receipt.bytes,
    format: receipt.format,
    accepted_at: receipt.acceptedAt,
    started_at: record.startedAt ?? null,
    finished_at: record.finishedAt ?? null,
    removed_at: (record.finishedAt && record.removedAt) ?? null,
    correlation_id: receipt.correlationId,
  }
}
