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

/** What a job does to the world: all of it, so that a test can stand between any two steps. */
export interface UploadDependencies {
  readonly raw: Pick<RawObjects, 'get' | 'remove' | 'quarantine'>
  readonly store: Pick<ObjectStore, 'put'>
  readonly uploads: Pick<
    Uploads,
    'beginAttempt' | 'find' | 'recordVerdict' | 'commitPicture' | 'recordAttemptEnd' | 'recordCrash'
  >
  /** Undefined where there is no webhook. */
  readonly announcementQueue: Pick<AnnouncementQueue, 'enqueue'> | undefined
  /** Copies the raw object to `originals/`. Undefined unless KEEP_ORIGINALS is set. */
  readonly keepOriginal: ((upload: Upload) => Promise<void>) | undefined
  /** @throws CrashError where the picture took along what rendered it, and nothing else */
  readonly render: Render
  readonly metrics: Pick<WorkerMetrics, 'rejections'>
}

/**
 * When an upload is given up: after three crashes of a renderer that had this picture and nothing else.
 * A start whose end nobody wrote down is a worker that was killed, most likely with no fault of the
 * picture's: it takes many of those.
 */
export const ATTEMPT_LIMITS = { crashes: 3, starts: 10 }

type OpenAttempt = Exclude<AttemptStart, { readonly outcome: Outcome }>

/**
 * One attempt at an upload. Every step can be run again; removing the raw object, the last one, is
 * the acknowledgement, and comes only after an outcome is written.
 * @throws whatever trouble of ours came in between; the attempt is then made again
 */
export async function processUpload(
  upload: Upload,
  steps: UploadDependencies,
  log: Logger,
): Promise<Outcome> {
  const start = randomUUID()
  try {
    const begun = await steps.uploads.beginAttempt(upload, start)
    const outcome = 'outcome' in begun ? begun.outcome : await attempt(upload, begun, steps, log)
    if (outcome === 'ready') await steps.announcementQueue?.enqueue(upload.id)
    if (outcome === 'rejected') await removeRawObject(upload.id, steps)
    else await steps.raw.remove(upload.id)
    return outcome
  } catch (error) {
    const end = error instanceof CrashError ? 'recordCrash' : 'recordAttemptEnd'
    await recordAttemptEnd(upload.id, start, end, steps.uploads)
    throw error
  }
}

/**
 * Renders and publishes the variants of a picture again that has its outcome: the same bytes give the
 * same objects, so the row stays right.
 */
export async function repairUpload(
  upload: Upload,
  steps: UploadDependencies,
  log: Logger,
): Promise<Outcome> {
  const bytes = await steps.raw.get(upload.id)
  if (!bytes) log.warn('nothing to repair from: the raw object is gone')
  else
    await publish(
      pictureOf(upload),
      (await steps.render(bytes, upload.framing)).variants,
      steps.store,
    )
  await steps.raw.remove(upload.id)
  return 'ready'
}

function attempt(
  upload: Upload,
  { starts, crashes }: OpenAttempt,
  steps: UploadDependencies,
  log: Logger,
): Promise<Outcome> {
  const isHopeless = crashes >= ATTEMPT_LIMITS.crashes || starts > ATTEMPT_LIMITS.starts
  return isHopeless
    ? rejectAsUnprocessable(upload, steps, log)
    : renderAndCommit(upload, steps, log)
}

async function renderAndCommit(
  upload: Upload,
  steps: UploadDependencies,
  log: Logger,
): Promise<Outcome> {
  const bytes = await steps.raw.get(upload.id)
  if (!bytes) return recordMissingRaw(upload, steps, log)
  const rendered = await steps.render(bytes, upload.framing).catch(toVerdict)
  if ('state' in rendered) {
    log.info({ reason: rendered.reason, msg: rendered.msg }, 'rejected')
    return reject(upload, rendered.reason, rendered.msg, steps)
  }
  await Promise.all([
    steps.keepOriginal?.(upload),
    publish(pictureOf(upload), rendered.variants, steps.store),
  ])
  return steps.uploads.commitPicture(upload, toPicture(rendered))
}

const pictureOf = ({ userId, id }: Upload) => ({ userId, revision: id })

/** Another attempt has just ended and removed them; if none did, they are lost, and somebody should know. */
async function recordMissingRaw(
  upload: Upload,
  { uploads }: UploadDependencies,
  log: Logger,
): Promise<Outcome> {
  const outcome = await uploads.recordVerdict(upload, { state: 'failed' })
  if (outcome === 'failed') log.error('the raw object of an accepted upload is missing')
  return outcome
}

function toVerdict(error: unknown): Extract<Verdict, { state: 'rejected' }> {
  if (!(error instanceof Rejection)) throw error
  return { state: 'rejected', reason: error.reason, msg: error.message }
}
