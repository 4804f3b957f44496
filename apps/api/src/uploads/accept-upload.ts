import { type SourceFormat, sniff, unsupportedFormatMessage } from '@visage/shared/avatar/formats'
import type { Framing } from '@visage/shared/avatar/framing'
import { revisionTime } from '@visage/shared/avatar/revision'
import { type Upload, uploadIdOf } from '@visage/shared/avatar/upload'
import type { UserId } from '@visage/shared/avatar/user-id'
import { problem } from '@visage/shared/errors/app-error'
import { withTimeout } from '@visage/shared/lifecycle/with-timeout'
import type { Logger } from '@visage/shared/log/logger'
import type { ApiConfig } from '../config.ts'
import type { Services } from '../services.ts'

export interface UploadRequest {
  readonly userId: UserId
  readonly bytes: Buffer
  readonly framing: Framing
  readonly correlationId: string
  /** The logger of the request. */
  readonly log: Logger
}

type AcceptServices = Pick<Services, 'clock' | 'raw' | 'queue' | 'metrics'>

/**
 * Accepts an upload. The upload is accepted once its bytes are in the bucket. The job only makes a worker start sooner:
 * the sweep enqueues an upload without a job.
 * @throws unsupportedFormat, storeFailed
 */
export async function acceptUpload(
  { userId, bytes, framing, correlationId, log }: UploadRequest,
  { accept, queueTimeout }: Pick<ApiConfig, 'accept' | 'queueTimeout'>,
  services: AcceptServices,
): Promise<Upload> {
  const { clock, raw, metrics } = services
  const started = performance.now()
  const format = requireFormat(bytes, accept)
  const id = uploadIdOf(await clock.nextRevision(userId))
  const upload: Upload = {
    ...{ id, userId, format, correlationId, framing },
    bytes: bytes.length,
    acceptedAt: revisionTime(id),
  }
  await raw.put(upload, bytes)
  await enqueue(upload, queueTimeout, services, log)
  metrics.acceptBytes.observe(bytes.length)
  metrics.acceptSeconds.observe((performance.now() - started) / 1000)
  return upload
}

function requireFormat(bytes: Buffer, accept: readonly SourceFormat[]): SourceFormat {
  const sniffed = sniff(bytes, accept)
  if ('accepted' in sniffed) return sniffed.accepted
  throw problem('unsupportedFormat', unsupportedFormatMessage(sniffed, accept))
}

/** Never fails: the sweep enqueues an upload without a job. */
async function enqueue(
  upload: Upload,
  timeout: number,
  { queue, metrics }: AcceptServices,
  log: Logger,
): Promise<void> {
  await withTimeout('Enqueueing the job', timeout, queue.add(upload)).catch((err) => {
    log.warn({ err, upload_id: upload.id }, 'Accepted upload without a job; the sweep adds it')
    metrics.acceptedWithoutQueue.inc()
  })
}
