import { ANNOUNCEMENT_QUEUE } from './announcement-queue.ts'
import { MAINTENANCE_QUEUE, UPLOAD_QUEUE, type UploadJobData } from './upload-job.ts'

/** How operators see a queue. */
export interface QueueView {
  readonly about: string
  /** The members of a job's data that are shown. There may be others, and nobody sees them. */
  readonly shown: readonly string[]
  /** Those of them that tell a job from others to a person, who looks for it by one of them. */
  readonly named: readonly string[]
}

const upload: readonly (keyof UploadJobData)[] = [
  'upload_id',
  'user_id',
  'correlation_id',
  'format',
  'bytes',
  'framing',
]

/** Every queue that there is, by its name. */
export const queueViews: Readonly<Record<string, QueueView>> = {
  [UPLOAD_QUEUE]: {
    about: 'One job an upload, under the id of the upload. To find one: the menu at the right.',
    shown: upload,
    named: ['user_id', 'correlation_id'],
  },
  [ANNOUNCEMENT_QUEUE]: {
    about: 'One job a change that the webhook has yet to be told of, under the id of the change.',
    shown: [],
    named: [],
  },
  [MAINTENANCE_QUEUE]: {
    about: 'The timers that all workers share.',
    shown: [],
    named: [],
  },
}

/** What is shown of a job's data, whatever is in it. */
export function shownData(queue: string, data: unknown): Readonly<Record<string, unknown>> {
  return pick(data, queueViews[queue]?.shown ?? [])
}

/** `render · alice · 5f0c…`: what the job does, and by what a person knows it. */
export function jobTitle(queue: string, name: string, data: unknown): string {
  return [name, ...searchableTerms(queue, data)].join(' · ')
}

/** What a person may know the job by, other than its id. */
export function searchableTerms(queue: string, data: unknown): string[] {
  return Object.values(pick(data, queueViews[queue]?.named ?? [])).map(String)
}

function pick(data: unknown, names: readonly string[]): Record<string, unknown> {
  const members = new Map(Object.entries(data ?? {}))
  return Object.fromEntries(
    names.filter((name) => members.has(name)).map((name) => [name, members.get(name)]),
  )
}
