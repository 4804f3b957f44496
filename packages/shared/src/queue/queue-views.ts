import { ANNOUNCEMENT_QUEUE } from './announcement-queue.ts'
import { MAINTENANCE_QUEUE, UPLOAD_QUEUE, type UploadJobData } from './upload-job.ts'

/** How the dashboard and the job search present a queue. */
export interface QueueView {
  readonly description: string
  /** Fields of the job's data to display. All other fields stay hidden. */
  readonly displayedFields: readonly string[]
  /** The displayed fields that identify a job: its title contains them, and the job search matches them. */
  readonly searchableFields: readonly string[]
}

const uploadFields: readonly (keyof UploadJobData)[] = [
  'upload_id',
  'user_id',
  'correlation_id',
  'format',
  'bytes',
  'framing',
]

/** Every queue, by name. */
export const queueViews: Readonly<Record<string, QueueView>> = {
  [UPLOAD_QUEUE]: {
    description:
      'One job for each upload. The job id is the upload id. To find a job, use the menu at the right.',
    displayedFields: uploadFields,
    searchableFields: ['user_id', 'correlation_id'],
  },
  [ANNOUNCEMENT_QUEUE]: {
    description:
      'One job for each change that the webhook has not acknowledged. The job id is the revision.',
    displayedFields: [],
    searchableFields: [],
  },
  [MAINTENANCE_QUEUE]: {
    description: 'Timers that all workers share.',
    displayedFields: [],
    searchableFields: [],
  },
}

/** Returns the fields of a job's data that may be displayed. */
export function displayedData(queue: string, data: unknown): Readonly<Record<string, unknown>> {
  return pick(data, queueViews[queue]?.displayedFields ?? [])
}

/** Returns the job's name and searchable terms: `render · alice · 5f0c…` */
export function jobTitle(queue: string, name: string, data: unknown): string {
  return [name, ...searchableTerms(queue, data)].join(' · ')
}

/** Returns the values that the job search matches, besides the job id. */
export function searchableTerms(queue: string, data: unknown): string[] {
  return Object.values(pick(data, queueViews[queue]?.searchableFields ?? [])).map(String)
}

function pick(data: unknown, names: readonly string[]): Record<string, unknown> {
  const members = new Map(Object.entries(data ?? {}))
  return Object.fromEntries(
    names.filter((name) => members.has(name)).map((name) => [name, members.get(name)]),
  )
}
