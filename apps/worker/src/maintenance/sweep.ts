import { revisionTime } from '@visage/shared/avatar/revision'
import type { UploadId } from '@visage/shared/avatar/upload'
import type { Uploads } from '@visage/shared/db/uploads'
import type { Logger } from '@visage/shared/log/logger'
import type { UploadQueue } from '@visage/shared/queue/upload-queue'
import type { RawObjects } from '@visage/shared/storage/raw-objects'
import pMap from 'p-map'
import type { WorkerMetrics } from '../metrics.ts'
import { rejectAsUnprocessable, removeRawObject } from '../upload/quarantine.ts'
import { decideSweep, type SweepDecision } from './sweep-decision.ts'

export interface SweepDependencies {
  readonly raw: Pick<RawObjects, 'list' | 'find' | 'remove' | 'quarantine'>
  readonly queue: Pick<UploadQueue, 'nextWaiting' | 'jobStates' | 'requeue'>
  readonly uploads: Pick<Uploads, 'findWithOutcome' | 'recordVerdict' | 'find'>
  readonly log: Logger
  readonly metrics: Pick<WorkerMetrics, 'sweep' | 'rejections'>
}

export type SweepCounts = Record<SweepDecision, number>

/** Raw objects looked at together: bounds memory, and what is asked of Redis at once. */
const BATCH = 200

/** Of those, how many are seen to at the same time: most of it is waiting for the object store. */
const CONCURRENCY = 8

/**
 * Finds the raw objects that no job speaks for. They come oldest first, and only those are looked at
 * that are older than `after` milliseconds and than the upload that waits at the head of the queue:
 * the queue hands out in order of acceptance, so what is younger than its head is explained by the
 * backlog, however long that is.
 */
export async function sweep(after: number, parts: SweepDependencies): Promise<SweepCounts> {
  const head = await parts.queue.nextWaiting()
  const before = Date.now() - after
  const counts: SweepCounts = { remove: 0, requeue: 0, quarantine: 0, leave: 0 }
  let batch: UploadId[] = []
  for await (const id of parts.raw.list()) {
    if (revisionTime(id).getTime() > before || (head !== undefined && id >= head)) break
    batch.push(id)
    if (batch.length < BATCH) continue
    await sweepBatch(batch, parts, counts)
    batch = []
  }
  await sweepBatch(batch, parts, counts)
  const { leave, ...found } = counts
  if (Object.values(found).some((count) => count > 0)) parts.log.info(counts, 'sweep')
  return counts
}

async function sweepBatch(
  ids: UploadId[],
  parts: SweepDependencies,
  counts: SweepCounts,
): Promise<void> {
  if (ids.length === 0) return
  const jobs = await parts.queue.jobStates(ids)
  const ended = await parts.uploads.findWithOutcome(ids)
  const settle = async (id: UploadId, i: number) => {
    const decision = decideSweep({ hasOutcome: ended.has(id), job: jobs[i] ?? 'missing' })
    await effects[decision](id, parts)
    counts[decision]++
    parts.metrics.sweep.inc({ decision })
  }
  await pMap(ids, settle, { concurrency: CONCURRENCY })
}

const effects: Readonly<
  Record<SweepDecision, (id: UploadId, parts: SweepDependencies) => Promise<void>>
> = {
  remove: removeRawObject,
  requeue: async (id, { raw, queue }) => {
    const upload = await raw.find(id)
    if (upload) await queue.requeue(upload)
  },
  quarantine: async (id, { raw, uploads, log, metrics }) => {
    const upload = await raw.find(id)
    if (!upload) return
    await rejectAsUnprocessable(upload, { uploads, metrics }, log)
    await removeRawObject(id, { raw, uploads })
  },
  leave: async () => {},
}
