import type { Avatar } from '@visage/shared/avatar/avatar'
import { variantKey, variantPath } from '@visage/shared/avatar/keys'
import type { Variant } from '@visage/shared/avatar/recipe'
import type { UploadRecord } from '@visage/shared/avatar/upload-record'
import { success } from '@visage/shared/envelope'
import type { Middleware } from 'koa'
import type { Caller } from '../auth/verify-token.ts'
import type { ApiConfig } from '../config.ts'
import { findPending } from '../receipts/find-pending.ts'
import { type Receipt, receiptState } from '../receipts/receipt.ts'
import type { Services } from '../services.ts'
import { publicUrl } from './public-url.ts'

/** Answers GET with the caller's own picture, the pending upload and the last rejected upload. */
export function getOwnAvatar(config: ApiConfig, services: Services): Middleware {
  return async (ctx) => {
    const { userId } = ctx.state.caller as Caller
    const [avatar, pending, rejected] = await Promise.all([
      services.avatars.find(userId),
      findPending(userId, services),
      services.uploads.findLastRejected(userId),
    ])
    ctx.set('Cache-Control', 'no-store')
    ctx.body = success({
      ...pictureToJson(avatar, config),
      pending: pending ? pendingToJson(pending) : null,
      rejected: rejected ? rejectedToJson(rejected) : null,
    })
  }
}

function pictureToJson(avatar: Avatar | undefined, config: ApiConfig) {
  const upload = avatar?.source === 'upload' ? avatar : undefined
  return {
    source: avatar?.source ?? 'none',
    revision: avatar?.revision ?? null,
    variants:
      upload?.variants.map((variant) => ({
        size: variant.size,
        format: variant.format,
        url: variantUrl(config, upload, variant),
        bytes: variant.bytes,
        ...(variant.animated ? { animated: true } : {}),
      })) ?? [],
    placeholder: upload?.placeholder ?? null,
    color: upload?.color ?? null,
    updated_at: avatar?.updatedAt ?? null,
  }
}

/** Builds the direct address of a variant, which needs no redirect. */
function variantUrl(
  { apiPrefix = '', publicBaseUrl }: ApiConfig,
  { userId, revision }: Avatar,
  variant: Variant,
): string {
  return publicBaseUrl
    ? publicUrl(publicBaseUrl, variantKey(userId, revision, variant))
    : variantPath(apiPrefix, userId, revision, variant)
}

function pendingToJson(receipt: Receipt) {
  return {
    upload_id: receipt.id,
    state: receiptState(receipt),
    accepted_at: receipt.acceptedAt,
  }
}

function rejectedToJson({ id, reason, msg, finishedAt }: UploadRecord) {
  return { upload_id: id, reason, msg, finished_at: finishedAt }
}
