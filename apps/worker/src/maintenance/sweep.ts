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

/** Raw objects that are checked together. Limits memory and the number of parallel Redis commands. */
const BATCH = 200

/** Raw objects of a batch that are handled in parallel. Handling mostly waits for the object store. */
const CONCURRENCY = 8

/**
 * Finds raw objects whose job is lost or whose acknowledgement is missing. The sweep checks raw objects from the
 * oldest on. It stops at the first raw object that is younger than `after` milliseconds, or as new as the first
 * waiting upload. The queue delivers in order of acceptance, so younger raw objects wait in the backlog, however long
 * it is.
 */
export async function sweep(after: number, dependencies: SweepDependencies): Promise<SweepCounts> {
  const head = await dependencies.queue.nextWaiting()
  const before = Date.now() - after
  const counts: SweepCounts = { remove: 0, requeue: 0, quarantine: 0, leave: 0 }
  let batch: UploadId[] = []
  for await (const id of dependencies.raw.list()) {
    if (revisionTime(id).getTime() > before || (head !== undefined && id >= head)) break
    batch.push(id)
    if (batch.length < BATCH) continue
    await sweepBatch(batch, dependencies, counts)
    batch = []
  }
  await sweepBatch(batch, dependencies, counts)
  const { leave, ...found } = counts
  if (Object.values(found).some((count) => count > 0))
    dependencies.log.info(counts, 'Finished sweep')
  return counts
}

async function sweepBatch(
  ids: UploadId[],
  dependencies: SweepDependencies,
  counts: SweepCounts,
): Promise<void> {
  if (ids.length === 0) return
  const jobs = await dependencies.queue.jobStates(ids)
  const withOutcome = await dependencies.uploads.findWithOutcome(ids)
  const sweepOne = async (id: UploadId, i: number) => {
    const decision = decideSweep({ hasOutcome: withOutcome.has(id), job: jobs[i] ?? 'missing' })
    await effects[decision](id, dependencies)
    counts[decision]++
    dependencies.metrics.sweep.inc({ decision })
  }
  await pMap(ids, sweepOne, { concurrency: CONCURRENCY })
}

const effects: Readonly<
  Record<SweepDecision, (id: UploadId, dependencies: SweepDependencies) => Promise<void>>
> = {
  remove: removeRawObject,
  requeue: async (id, { raw, queue }) => {
    const upload = await raw.find(id)
    if (upload) await queue.requeue(upload)
  },
  quarantine: async (id, { raw, uploads, log, metrics }) => {
    const upload = await raw.find(id)
    if (!upload) return
    const uploadLog = log.child({ upload_id: id, user: upload.userId })
    await rejectAsUnprocessable(upload, { uploads, metrics }, uploadLog)
    await removeRawObject(id, { raw, uploads })
  },
  leave: async () => {},
}
