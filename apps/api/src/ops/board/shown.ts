import type { AppJob, AppQueue } from '@bull-board/api/typings/app'
import { redact } from './redact.ts'

interface Jobs {
  readonly queues?: readonly AppQueue[]
  readonly job?: AppJob
}

/** An answer of bull-board's as it may go out: every text in it is redacted, but what names a job. */
export function shownBody(body: unknown): unknown {
  const { queues, job } = (body ?? {}) as Jobs
  if (queues) return { queues: queues.map(shownQueue) }
  if (job) return { ...(body as Jobs), job: shownJob(job) }
  return redacted(body)
}

const shownQueue = ({ jobs, ...queue }: AppQueue) => ({ ...queue, jobs: jobs.map(shownJob) })

/** Its name and data were chosen where the queue was added: they hold user ids, which may be of any form. */
const shownJob = ({ id, name, data, ...rest }: AppJob) => ({ id, name, data, ...redacted(rest) })

function redacted<T>(value: T): T {
  const text = JSON.stringify(value)
  return text && JSON.parse(text, (_, one) => (typeof one === 'string' ? redact(one) : one))
}
