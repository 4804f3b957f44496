import type { Job, JobType, Queue } from 'bullmq'
import { isRevision } from '../avatar/revision.ts'
import { jobTitle, searchableTerms } from './queue-views.ts'

/** A job that a person looked for. */
export interface FoundJob {
  readonly queue: string
  readonly id: string
  readonly title: string
  /** In BullMQ's words: operators see them everywhere else. */
  readonly state: string
}

export interface JobSearchResult {
  readonly jobs: readonly FoundJob[]
  /** Whether there are jobs that nobody looked at, or more that fit. */
  readonly incomplete: boolean
}

export interface SearchLimits {
  /** Jobs that are looked at. */
  readonly maxRead: number
  /** Jobs that are found. */
  readonly maxFound: number
}

/** As they are shown, and as the keys of their jobs are called. */
const STATES: Readonly<Record<string, JobType>> = {
  active: 'active',
  waiting: 'wait',
  prioritized: 'prioritized',
  delayed: 'delayed',
  failed: 'failed',
  completed: 'completed',
}

/** Jobs that are read at once. */
const PAGE = 100

/**
 * The jobs of an upload id, a user or a correlation id, written out in full. By id it is asked for; for
 * the others all jobs are looked at, within these bounds: Redis has no index of them.
 */
export async function findJobs(
  queues: readonly Queue[],
  words: string,
  bounds: SearchLimits = { maxRead: 20_000, maxFound: 100 },
): Promise<JobSearchResult> {
  const jobs = isRevision(words) ? await jobsById(queues, words) : []
  return jobs.length > 0 ? { jobs, incomplete: false } : jobsByName(queues, words, bounds)
}

async function jobsById(queues: readonly Queue[], id: string): Promise<FoundJob[]> {
  const ids = [id, `repair-${id}`]
  const jobs = await Promise.all(queues.flatMap((queue) => ids.map((one) => queue.getJob(one))))
  return Promise.all(
    jobs.filter((job) => job !== undefined).map(async (job) => found(job, await job.getState())),
  )
}

async function jobsByName(
  queues: readonly Queue[],
  words: string,
  { maxRead, maxFound }: SearchLimits,
) {
  const jobs: FoundJob[] = []
  let left = maxRead
  for (const queue of queues) {
    for await (const [job, state] of everyJob(queue)) {
      if (left-- === 0 || jobs.length === maxFound) return { jobs, incomplete: true }
      if (searchableTerms(queue.name, job.data).includes(words)) jobs.push(found(job, state))
    }
  }
  return { jobs, incomplete: false }
}

/** Those under way first, and the newest of each state. One that changes its state meanwhile may be missed. */
async function* everyJob(queue: Queue): AsyncGenerator<[Job, string]> {
  for (const [state, key] of Object.entries(STATES)) {
    for (let start = 0; ; start += PAGE) {
      const ids = await queue.getRanges([key], start, start + PAGE - 1)
      if (ids.length === 0) break
      const jobs = await Promise.all(ids.map((id) => queue.getJob(id)))
      for (const job of jobs) if (job) yield [job, state]
    }
  }
}

const found = (job: Job, state: string): FoundJob => ({
  queue: job.queueName,
  id: job.id ?? '',
  title: jobTitle(job.queueName, job.name, job.data),
  state,
})
