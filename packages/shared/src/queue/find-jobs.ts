import type { Job, JobType, Queue } from 'bullmq'
import { isRevision } from '../avatar/revision.ts'
import { jobTitle, searchableTerms } from './queue-views.ts'

/** One result of a job search. */
export interface FoundJob {
  readonly queue: string
  readonly id: string
  readonly title: string
  /** BullMQ's name of the state, as the dashboard shows it. */
  readonly state: string
}

export interface JobSearchResult {
  readonly jobs: readonly FoundJob[]
  /** True if the search reached a limit, so more jobs may match. */
  readonly incomplete: boolean
}

export interface SearchLimits {
  /** Maximum number of jobs to read. */
  readonly maxRead: number
  /** Maximum number of results. */
  readonly maxFound: number
}

/** Maps each displayed state to BullMQ's key of the jobs in that state. */
const STATES: Readonly<Record<string, JobType>> = {
  active: 'active',
  waiting: 'wait',
  prioritized: 'prioritized',
  delayed: 'delayed',
  failed: 'failed',
  completed: 'completed',
}

/** Jobs per read. */
const PAGE_SIZE = 100

/**
 * Finds jobs by exact upload id, user id or correlation id. An upload id is read directly. For the other two the search
 * reads all jobs up to `limits`, because Redis has no index of them.
 */
export async function findJobs(
  queues: readonly Queue[],
  term: string,
  limits: SearchLimits = { maxRead: 20_000, maxFound: 100 },
): Promise<JobSearchResult> {
  const jobs = isRevision(term) ? await jobsById(queues, term) : []
  return jobs.length > 0 ? { jobs, incomplete: false } : jobsByTerm(queues, term, limits)
}

async function jobsById(queues: readonly Queue[], id: string): Promise<FoundJob[]> {
  const ids = [id, `repair-${id}`]
  const jobs = await Promise.all(queues.flatMap((queue) => ids.map((jobId) => queue.getJob(jobId))))
  return Promise.all(
    jobs
      .filter((job) => job !== undefined)
      .map(async (job) => toFoundJob(job, await job.getState())),
  )
}

async function jobsByTerm(
  queues: readonly Queue[],
  term: string,
  { maxRead, maxFound }: SearchLimits,
) {
  const jobs: FoundJob[] = []
  let remaining = maxRead
  for (const queue of queues) {
    for await (const [job, state] of everyJob(queue)) {
      if (remaining-- === 0 || jobs.length === maxFound) return { jobs, incomplete: true }
      if (searchableTerms(queue.name, job.data).includes(term)) jobs.push(toFoundJob(job, state))
    }
  }
  return { jobs, incomplete: false }
}

/** Yields active jobs first, and the newest first within a state. Can miss a job whose state changes meanwhile. */
async function* everyJob(queue: Queue): AsyncGenerator<[Job, string]> {
  for (const [state, key] of Object.entries(STATES)) {
    for (let start = 0; ; start += PAGE_SIZE) {
      const ids = await queue.getRanges([key], start, start + PAGE_SIZE - 1)
      if (ids.length === 0) break
      const jobs = await Promise.all(ids.map((id) => queue.getJob(id)))
      for (const job of jobs) if (job) yield [job, state]
    }
  }
}

const toFoundJob = (job: Job, state: string): FoundJob => ({
  queue: job.queueName,
  id: job.id ?? '',
  title: jobTitle(job.queueName, job.name, job.data),
  state,
})
