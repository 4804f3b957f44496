import type { Upload } from '@visage/shared/avatar/upload'
import { isUploadId, type UploadId } from '@visage/shared/avatar/upload'
import type { UploadRecord } from '@visage/shared/avatar/upload-record'
import { problem } from '@visage/shared/errors/app-error'
import type { Context } from 'koa'
import type { Caller } from '../auth/verify-token.ts'
import type { Services } from '../services.ts'

/**
 * The state of one upload: the row that workers write. Before the first attempt there is no row, and the metadata of
 * the raw object takes its place.
 */
export type Receipt = Upload | UploadRecord

type ReceiptServices = Pick<Services, 'uploads' | 'raw'>

export function receiptPath(prefix: string, id: UploadId): string {
  return `${prefix}/user/setting/avatar/uploads/${id}`
}

/** Finds the receipt that the path names.  @throws uploadNotFound if it does not exist or belongs to another user */
export async function requireOwnReceipt(ctx: Context, services: ReceiptServices): Promise<Receipt> {
  const { userId } = ctx.state.caller as Caller
  const receipt = await findReceipt(ctx.params.id, services)
  if (receipt?.userId !== userId) throw problem('uploadNotFound')
  return receipt
}

/**
 * Finds the receipt of an upload. Reads the row again at the end: between the first two reads, a worker can write the
 * row and remove the raw object.
 */
export async function findReceipt(
  id: string,
  { uploads, raw }: ReceiptServices,
): Promise<Receipt | undefined> {
  if (!isUploadId(id)) return undefined
  return (await uploads.find(id)) ?? (await raw.find(id)) ?? (await uploads.find(id))
}

export function receiptState(receipt: Receipt): UploadRecord['state'] | 'queued' {
  return 'state' in receipt ? receipt.state : 'queued'
}

export function receiptToJson(receipt: Receipt) {
  const record: Partial<UploadRecord> = receipt
  return {
    upload_id: receipt.id,
    state: receiptState(receipt),
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
