import { randomUUID } from 'node:crypto'
import type { Framing } from '@visage/shared/avatar/framing'
import type { EndState, Upload } from '@visage/shared/avatar/upload'
import type { Beginning, Uploads, Verdict } from '@visage/shared/db/uploads'
import { Rejection } from '@visage/shared/errors/app-error'
import type { Logger } from '@visage/shared/log/logger'
import type { AnnouncementQueue } from '@visage/shared/queue/announcement-queue'
import type { ObjectStore } from '@visage/shared/storage/object-store'
import type { RawObjects } from '@visage/shared/storage/raw-objects'
import type { Rendered } from '../image/render.ts'
import type { WorkerMetrics } from '../metrics.ts'
import { CrashError } from '../renderer/renderer.ts'
import { pictureOf, publish } from './publish.ts'
import { acknowledge, giveUp } from './quarantine.ts'
import { settleStart } from './record-attempt-end.ts'
import { reject } from './reject.ts'

export type Render = (bytes: Buffer, framing?: Framing) => Promise<Rendered>

/** What a job does to the world: all of it, so that a test can stand between any two steps. */
export interface Steps {
  readonly raw: Pick<RawObjects, 'get' | 'remove' | 'quarantine'>
  readonly store: Pick<ObjectStore, 'put'>
  readonly uploads: Pick<Uploads, 'begin' | 'find' | 'end' | 'commit' | 'release' | 'blame'>
  /** Undefined where there is no webhook. */
  readonly hints: Pick<AnnouncementQueue, 'hurry'> | undefined
  /** Puts the upload's original aside, where originals are kept. */
  readonly keep: (upload: Upload) => Promise<void>
  /** @throws CrashError where the picture took along what rendered it, and nothing else */
  readonly render: Render
  readonly metrics: Pick<WorkerMetrics, 'rejections'>
}

/**
 * When an upload is given up: after three crashes of a renderer that had this picture and nothing else.
 * A start whose end nobody wrote down is a worker that was killed, most likely with no fault of the
 * picture's: it takes many of those.
 */
export const GIVE_UP = { crashes: 3, starts: 10 }

type Begun = Exclude<Beginning, { readonly outcome: EndState }>

/**
 * One attempt at an upload. Every step can be run again; removing the raw object, the last one, is
 * the acknowledgement, and comes only after an outcome is written.
 * @throws whatever trouble of ours came in between; the attempt is then made again
 */
export async function processUpload(upload: Upload, steps: Steps, log: Logger): Promise<EndState> {
  const start = randomUUID()
  try {
    const begun = await steps.uploads.begin(upload, start)
    const outcome = 'outcome' in begun ? begun.outcome : await attempt(upload, begun, steps, log)
    if (outcome === 'ready') await steps.hints?.hurry(upload.id)
    if (outcome === 'rejected') await acknowledge(upload.id, steps)
    else await steps.raw.remove(upload.id)
    return outcome
  } catch (error) {
    const end = error instanceof CrashError ? 'blame' : 'release'
    await settleStart(upload.id, start, end, steps.uploads)
    throw error
  }
}

/**
 * Renders and publishes the variants of a picture again that has its outcome: the same bytes give the
 * same objects, so the row stays right.
 */
export async function repairUpload(upload: Upload, steps: Steps, log: Logger): Promise<EndState> {
  const bytes = await steps.raw.get(upload.id)
  if (!bytes) log.warn('nothing to repair from: the raw object is gone')
  else await publish(upload, (await steps.render(bytes, upload.framing)).variants, steps.store)
  await steps.raw.remove(upload.id)
  return 'ready'
}

function attempt(
  upload: Upload,
  { starts, crashes }: Begun,
  steps: Steps,
  log: Logger,
): Promise<EndState> {
  const isHopeless = crashes >= GIVE_UP.crashes || starts > GIVE_UP.starts
  return isHopeless ? giveUp(upload, steps, log) : decide(upload, steps, log)
}

async function decide(upload: Upload, steps: Steps, log: Logger): Promise<EndState> {
  const bytes = await steps.raw.get(upload.id)
  if (!bytes) return withoutBytes(upload, steps, log)
  const rendered = await steps.render(bytes, upload.framing).catch(asVerdict)
  if ('state' in rendered) {
    log.info({ reason: rendered.reason, msg: rendered.msg }, 'rejected')
    return reject(upload, rendered.reason, rendered.msg, steps)
  }
  await Promise.all([steps.keep(upload), publish(upload, rendered.variants, steps.store)])
  return steps.uploads.commit(upload, pictureOf(rendered))
}

/** Another attempt has just ended and removed them; if none did, they are lost, and somebody should know. */
async function withoutBytes(upload: Upload, { uploads }: Steps, log: Logger): Promise<EndState> {
  const outcome = await uploads.end(upload, { state: 'failed' })
  if (outcome === 'failed') log.error('the raw object of an accepted upload is missing')
  return outcome
}

function asVerdict(error: unknown): Extract<Verdict, { state: 'rejected' }> {
  if (!(error instanceof Rejection)) throw error
  return { state: 'rejected', reason: error.reason, msg: error.message }
}
