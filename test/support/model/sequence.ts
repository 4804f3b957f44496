import { picturePrefixes, rawKey } from '@visage/shared/avatar/keys'
import { millisecondPrefix } from '@visage/shared/avatar/revision'
import { asUploadId } from '../domain/brands.ts'
import { broken } from './expectations.ts'
import { apply, type Operation } from './operations.ts'
import { GRACE, Service, SWEEP_AFTER } from './service.ts'
import * as time from './time.ts'

/** Number of rounds after which a pending upload counts as lost. */
const ROUNDS = 5

/** Maximum deliveries of one round, above the need of any sequence. */
const DELIVERIES = 100

/** Number of uploads by outcome, over all sequences. */
export type Census = Partial<Record<string, number>>

/**
 * Runs the operations, then finishes all pending work.
 * @returns the violations during and after the sequence
 */
export async function run(
  sequence: readonly Operation[],
  { tamper, census }: { tamper?: (service: Service) => void; census?: Census } = {},
): Promise<string[]> {
  time.reset()
  const service = new Service()
  tamper?.(service)
  for (const operation of sequence) await apply(operation, service)
  await seeThrough(service)
  if (census)
    for (const { state } of service.rows.receipts.values()) census[state] = (census[state] ?? 0) + 1
  return [...service.watch.broken, ...broken(service)]
}

/** Restores all processes and servers and advances time until all work is done. */
async function seeThrough(service: Service): Promise<void> {
  service.jobs.isUnavailable = false
  for (let round = 0; round < ROUNDS && (round === 0 || isAtWork(service)); round++) {
    await finish(service)
    await drain(service)
    await service.wait(2 * SWEEP_AFTER)
    await service.sweep()
    await finish(service)
  }
  for (const userId of halfRerendered(service)) {
    await service.rerender(userId)
    await finish(service)
  }
  await drain(service)
  for (const task of ['purge', 'audit'] as const) {
    await service.wait(2 * GRACE)
    await service[task]()
    await finish(service)
  }
}

/** Queues again the rerenders whose worker and job were lost, as another run of the command does. */
function halfRerendered({ rows, bucket }: Service): string[] {
  const rowsOfUploads = [...rows.avatars.values()].filter(({ source }) => source === 'upload')
  return rowsOfUploads.flatMap(({ userId, revision }) => {
    const keys = picturePrefixes(userId, millisecondPrefix(revision)).flatMap((one) =>
      bucket.keys(one),
    )
    return keys.some((key) => (key.split('/')[2] ?? '') > revision) ? [userId] : []
  })
}

function isAtWork({ bucket, jobs }: Service): boolean {
  return bucket.keys(rawKey(asUploadId(''))).length > 0 || jobs.inState('waiting').length > 0
}

/** Answers all pending calls and those that follow. */
async function finish(service: Service): Promise<void> {
  for (;;) {
    const [call] = service.calls()
    if (call) await service.answer(call)
    else if (time.isAwaited()) await service.wait(15_000)
    else return
  }
}

/** Processes the whole queue, including jobs of dead workers. */
async function drain(service: Service): Promise<void> {
  const { jobs } = service
  for (const job of jobs.inState('active')) jobs.stall(job)
  for (let left = DELIVERIES; left > 0; left--) {
    const [job] = jobs.inState('waiting')
    if (!job) return
    await service.attempt(job, 0)
    await finish(service)
    if (job.state === 'active') jobs.stall(job)
  }
}
