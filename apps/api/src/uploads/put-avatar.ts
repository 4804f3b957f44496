import { refusal, type SourceFormat, sniff } from '@visage/shared/avatar/formats'
import type { Framing } from '@visage/shared/avatar/framing'
import { revisionTime } from '@visage/shared/avatar/revision'
import type { Upload } from '@visage/shared/avatar/upload'
import { success } from '@visage/shared/envelope'
import { problem } from '@visage/shared/errors/app-error'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { Context, Middleware } from 'koa'
import type { Services } from '../app.ts'
import type { Caller } from '../auth/verify-token.ts'
import type { ApiConfig } from '../config.ts'
import { ByteBudget } from '../http/body/byte-budget.ts'
import { type Bounds, readBody } from '../http/body/read-body.ts'
import { logOf } from '../http/correlation.ts'
import { awaitVerdict } from '../receipts/answer-with-outcome.ts'
import { receiptPath } from '../receipts/get-receipt.ts'
import { framingOf } from './framing-query.ts'
import { waitPreference } from './prefer-wait.ts'

/** A body is an upload to accept; none means "use my Gravatar". */
export function putAvatar(config: ApiConfig, services: Services): Middleware {
  const bounds: Bounds = {
    limit: config.maxUploadBytes,
    pace: { rate: config.minUploadRate, grace: config.uploadGrace },
    budget: new ByteBudget(config.maxBytesInFlight, services.metrics),
  }
  return async (ctx) => {
    const framing = framingOf(ctx.query)
    const seconds = waitPreference(ctx.get('Prefer'))
    const upload = await take(ctx, bounds, framing, config, services)
    if (upload) announce(ctx, config, upload)
    if (upload && seconds) await awaitVerdict(ctx, upload.id, seconds, services.listeners)
    ctx.body = success()
  }
}

/** No byte of the body is held any more once this resolves.  @returns the upload, if it is one */
async function take(
  ctx: Context,
  bounds: Bounds,
  framing: Framing,
  config: ApiConfig,
  services: Services,
): Promise<Upload | undefined> {
  const body = await readBody(ctx, bounds)
  try {
    if (body.bytes.length > 0) return await acceptUpload(ctx, body.bytes, framing, config, services)
    await useGravatar(ctx.state.caller, services)
    return undefined
  } finally {
    body.release()
  }
}

async function useGravatar(caller: Caller, { clock, avatars, hints }: Services): Promise<void> {
  const { userId, emailHash } = caller
  const revision = await clock.next(userId)
  const effect = await avatars.change({ source: 'gravatar', userId, revision, emailHash })
  if (effect === 'applied') await hints?.hurry(revision)
}

/** The upload is accepted once its bytes are in the bucket; the job after that is only a hint to hurry. */
async function acceptUpload(
  ctx: Context,
  bytes: Buffer,
  framing: Framing,
  { accept, queueTimeout }: ApiConfig,
  services: Services,
): Promise<Upload> {
  const { clock, raw, metrics } = services
  const started = performance.now()
  const format = requireFormat(bytes, accept)
  const { userId } = ctx.state.caller as Caller
  const id = await clock.next(userId)
  const upload: Upload = {
    id,
    userId,
    bytes: bytes.length,
    format,
    acceptedAt: revisionTime(id),
    correlationId: ctx.state.correlationId,
    framing,
  }
  await raw.put(upload, bytes)
  await hurry(ctx, upload, services, queueTimeout)
  metrics.acceptBytes.observe(bytes.length)
  metrics.acceptSeconds.observe((performance.now() - started) / 1000)
  return upload
}

/** Queues the job, or leaves it to the sweep: Redis may be away, or too slow to wait for. */
async function hurry(
  ctx: Context,
  upload: Upload,
  { queue, metrics }: Pick<Services, 'queue' | 'metrics'>,
  patience: number,
): Promise<void> {
  await withTimeout('queueing', patience, queue.add(upload)).catch((err) => {
    logOf(ctx).warn({ err, upload_id: upload.id }, 'accepted without queue')
    metrics.acceptedWithoutQueue.inc()
  })
}

function requireFormat(bytes: Buffer, accept: readonly SourceFormat[]): SourceFormat {
  const sniffed = sniff(bytes, accept)
  if ('accepted' in sniffed) return sniffed.accepted
  throw problem('unsupportedFormat', refusal(sniffed, accept))
}

function announce(ctx: Context, { apiPrefix = '' }: ApiConfig, { id }: Upload): void {
  ctx.state.uploadId = id
  ctx.set('X-Upload-Id', id)
  ctx.set('Location', receiptPath(apiPrefix, id))
}
