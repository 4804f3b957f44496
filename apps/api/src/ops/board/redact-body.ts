import type { AppJob, AppQueue } from '@bull-board/api/typings/app'
import { redact } from './redact.ts'

interface BoardBody {
  readonly queues?: readonly AppQueue[]
  readonly job?: AppJob
}

/** Redacts every text in a response body of bull-board, except the id, name and data of a job. */
export function redactBody(body: unknown): unknown {
  const { queues, job } = (body ?? {}) as BoardBody
  if (queues) return { queues: queues.map(redactQueue) }
  if (job) return { ...(body as BoardBody), job: redactJob(job) }
  return redactTexts(body)
}

const redactQueue = ({ jobs, ...queue }: AppQueue) => ({ ...queue, jobs: jobs.map(redactJob) })

/** Keeps name and data: the formatters in board.ts limit them already. They hold user ids, which can have any form. */
const redactJob = ({ id, name, data, ...rest }: AppJob) => ({
  id,
  name,
  data,
  ...redactTexts(rest),
})

function redactTexts<T>(value: T): T {
  const text = JSON.stringify(value)
  return (
    text && JSON.parse(text, (_, member) => (typeof member === 'string' ? redact(member) : member))
  )
}
