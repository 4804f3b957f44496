import type { Framing } from '@visage/shared/avatar/framing'
import type { Upload } from '@visage/shared/avatar/upload'
import { success } from '@visage/shared/envelope'
import type { Context, Middleware } from 'koa'
import type { Caller } from '../auth/verify-token.ts'
import type { ApiConfig } from '../config.ts'
import { useGravatar } from '../gravatar/use-gravatar.ts'
import { ByteBudget } from '../http/body/byte-budget.ts'
import { type BodyLimits, readBody } from '../http/body/read-body.ts'
import { logOf } from '../http/correlation.ts'
import { answerWithOutcome } from '../receipts/answer-with-outcome.ts'
import { receiptPath } from '../receipts/receipt.ts'
import type { Services } from '../services.ts'
import { acceptUpload } from './accept-upload.ts'
import { readFraming } from './framing-query.ts'
import { waitPreference } from './prefer-wait.ts'

/** Handles PUT of the caller's avatar. A body is an upload; an empty body selects the caller's Gravatar. */
export function putAvatar(config: ApiConfig, services: Services): Middleware {
  const limits: BodyLimits = {
    limit: config.maxUploadBytes,
    minimumRate: { rate: config.minUploadRate, grace: config.uploadGrace },
    budget: new ByteBudget(config.maxBytesInFlight, services.metrics),
  }
  return async (ctx) => {
    const framing = readFraming(ctx.query)
    const seconds = waitPreference(ctx.get('Prefer'))
    const upload = await readAndAccept(ctx, limits, framing, config, services)
    if (upload) setUploadHeaders(ctx, config, upload)
    if (upload && seconds) await answerWithOutcome(ctx, upload.id, seconds, services.outcomeWaiters)
    ctx.body = success()
  }
}

/** Returns the bytes of the body to the byte budget before it resolves.  @returns undefined for an empty body */
async function readAndAccept(
  ctx: Context,
  limits: BodyLimits,
  framing: Framing,
  config: ApiConfig,
  services: Services,
): Promise<Upload | undefined> {
  const { bytes, release } = await readBody(ctx, limits)
  const caller = ctx.state.caller as Caller
  const { correlationId } = ctx.state
  try {
    if (bytes.length === 0) {
      await useGravatar(caller, services)
      return undefined
    }
    const request = { userId: caller.userId, bytes, framing, correlationId, log: logOf(ctx) }
    return await acceptUpload(request, config, services)
  } finally {
    release()
  }
}

function setUploadHeaders(ctx: Context, { apiPrefix = '' }: ApiConfig, { id }: Upload): void {
  ctx.state.uploadId = id
  ctx.set('X-Upload-Id', id)
  ctx.set('Location', receiptPath(apiPrefix, id))
}
