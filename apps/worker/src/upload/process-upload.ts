import { randomUUID } from 'node:crypto'
import type { Framing } from '@visage/shared/avatar/framing'
import type { Outcome, Upload } from '@visage/shared/avatar/upload'
import type { AttemptStart, Verdict } from '@visage/shared/avatar/upload-record'
import type { Uploads } from '@visage/shared/db/uploads'
import { Rejection } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import type { AnnouncementQueue } from '@visage/shared/queue/announcement-queue'
import type { ObjectStore } from '@visage/shared/storage/object-store'
import type { RawObjects } from '@visage/shared/storage/raw-objects'
import type { Rendered } from '../image/rendered.ts'
import type { WorkerMetrics } from '../metrics.ts'
import { CrashError } from '../renderer/renderer.ts'
import { publish, toPicture } from './publish.ts'
import { rejectAsUnprocessable, removeRawObject } from './quarantine.ts'
import { recordAttemptEnd } from './record-attempt-end.ts'
import { reject } from './reject.ts'

export type Render = (bytes: Buffer, framing?: Framing) => Promise<Rendered>

/** Everything through which an upload job has effects. Tests can therefore interrupt a job between any two steps. */
export interface UploadDependencies {
  readonly raw: Pick<RawObjects, 'get' | 'remove' | 'quarantine'>
  readonly store: Pick<ObjectStore, 'put'>
  readonly uploads: Pick<
    Uploads,
    'beginAttempt' | 'find' | 'recordVerdict' | 'commitPicture' | 'recordAttemptEnd' | 'recordCrash'
  >
  /** Undefined if no webhook is configured. */
  readonly announcementQueue: Pick<AnnouncementQueue, 'enqueue'> | undefined
  /** Copies the raw object to `originals/`. Undefined unless KEEP_ORIGINALS is set. */
  readonly keepOriginal: ((upload: Upload) => Promise<void>) | undefined
  /** @throws CrashError if a render process crashed while it rendered only this picture */
  readonly render: Render
  readonly metrics: Pick<WorkerMetrics, 'rejections'>
}

/**
 * Limits after which the worker rejects an upload as `unprocessable`. A crash is a crash of a render process that
 * rendered only this picture. A start is an attempt whose end nobody recorded, because its worker was killed. The
 * picture is seldom the reason, so this limit is higher.
 */
export const ATTEMPT_LIMITS = { crashes: 3, starts: 10 }

type OpenAttempt = Exclude<AttemptStart, { readonly outcome: Outcome }>

/**
 * Runs one attempt at an upload. Every step can be repeated. The last step removes the raw object, which acknowledges
 * the upload. That step runs only after the outcome is recorded.
 * @throws any error but a rejection; the job then fails and BullMQ retries it
 */
export async function processUpload(
  upload: Upload,
  dependencies: UploadDependencies,
  log: Logger,
): Promise<Outcome> {
  const { uploads, raw, announcementQueue } = dependencies
  const start = randomUUID()
  try {
    const attempt = await uploads.beginAttempt(upload, start)
    const outcome =
      'outcome' in attempt
        ? attempt.outcome
        : await finishAttempt(upload, attempt, dependencies, log)
    if (outcome === 'ready') await announcementQueue?.enqueue(upload.id)
    if (outcome === 'rejected') await removeRawObject(upload.id, dependencies)
    else await raw.remove(upload.id)
    return outcome
  } catch (error) {
    const end = error instanceof CrashError ? 'recordCrash' : 'recordAttemptEnd'
    await recordAttemptEnd(upload.id, start, end, uploads)
    throw error
  }
}

/**
 * Renders and publishes again the variants of an upload that already has its outcome. The same bytes produce the same
 * objects, so the row stays correct.
 */
export async function repairUpload(
  upload: Upload,
  { raw, render, store }: UploadDependencies,
  log: Logger,
): Promise<Outcome> {
  const bytes = await raw.get(upload.id)
  if (bytes) {
    const { variants } = await render(bytes, upload.framing)
    await publish(pictureOf(upload), variants, store)
  } else log.warn('Could not restore missing variants: raw object does not exist')
  await raw.remove(upload.id)
  return 'ready'
}

function finishAttempt(
  upload: Upload,
  { starts, crashes }: OpenAttempt,
  dependencies: UploadDependencies,
  log: Logger,
): Promise<Outcome> {
  const limitExceeded = crashes >= ATTEMPT_LIMITS.crashes || starts > ATTEMPT_LIMITS.starts
  return limitExceeded
    ? rejectAsUnprocessable(upload, dependencies, log)
    : renderAndCommit(upload, dependencies, log)
}

async function renderAndCommit(
  upload: Upload,
  dependencies: UploadDependencies,
  log: Logger,
): Promise<Outcome> {
  const { raw, render, store, uploads, keepOriginal } = dependencies
  const bytes = await raw.get(upload.id)
  if (!bytes) return recordMissingRaw(upload, dependencies, log)
  const rendered = await render(bytes, upload.framing).catch(toVerdict)
  if ('state' in rendered) {
    const { reason, msg } = rendered
    log.info({ reason, detail: msg }, 'Rejected upload')
    return reject(upload, reason, msg, dependencies)
  }
  await Promise.all([keepOriginal?.(upload), publish(pictureOf(upload), rendered.variants, store)])
  return uploads.commitPicture(upload, toPicture(rendered))
}

const pictureOf = ({ userId, id }: Upload) => ({ userId, revision: id })

/**
 * Records the state `failed` unless the upload has an outcome. Usually another attempt has just recorded one and
 * removed the raw object. Without an outcome the bytes of the upload are lost.
 */
async function recordMissingRaw(
  upload: Upload,
  { uploads }: UploadDependencies,
  log: Logger,
): Promise<Outcome> {
  const outcome = await uploads.recordVerdict(upload, { state: 'failed' })
  if (outcome === 'failed') log.error('Upload failed: raw object is missing')
  return outcome
}

function toVerdict(error: unknown): Extract<Verdict, { state: 'rejected' }> {
  if (!(error instanceof Rejection)) throw error
  return { state: 'rejected', reason: error.reason, msg: error.message }
}
