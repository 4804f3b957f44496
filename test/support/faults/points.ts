import { asRevision } from '../domain/brands.ts'
import { truncated, whole } from '../pictures/tiny.ts'
import type { Hold, VisitFilter } from './hold.ts'
import type { Expected } from './ledger.ts'
import { poisoned } from './poison.ts'
import { recordCrashesToLimit } from './record-crashes.ts'
import type { Trial } from './trial.ts'
import type { Moment, StepName } from './visits.ts'

/** Step of an upload that takes this course. */
interface Point {
  readonly step: StepName
  readonly nth?: number
  readonly course: 'ready' | 'rejected' | 'given up' | 'failing' | 'crashing'
}

/** Every step of a worker, on every course of an upload. */
export const points: readonly Point[] = [
  { step: 'begin', course: 'ready' },
  { step: 'fetch', course: 'ready' },
  { step: 'render', course: 'ready' },
  { step: 'keep', course: 'ready' },
  { step: 'publish', nth: 1, course: 'ready' },
  { step: 'publish', nth: 3, course: 'ready' },
  { step: 'publish', nth: 8, course: 'ready' },
  { step: 'commit', course: 'ready' },
  { step: 'remove', course: 'ready' },
  { step: 'reject', course: 'rejected' },
  { step: 'reject', course: 'given up' },
  { step: 'read_verdict', course: 'given up' },
  { step: 'quarantine', course: 'given up' },
  { step: 'remove', course: 'given up' },
  { step: 'record_attempt_end', course: 'failing' },
  { step: 'record_crash', course: 'crashing' },
]

/**
 * Accepts one upload of its own user for each point, except `record_attempt_end`. A worker records attempt ends one after
 * the other, so a stop there would block all crashing uploads.
 * @returns the holds that stop this worker once at each point
 */
export async function acceptForPoints(trial: Trial, worker: string, at: Moment): Promise<Hold[]> {
  const visits = await acceptEach(
    trial,
    points.filter(({ step }) => step !== 'record_attempt_end'),
  )
  return visits.map((visit) => trial.gates.hold({ ...visit, worker, at }, 1))
}

/** Accepts one upload for each point. @returns the visit of each upload at its point */
export async function acceptEach(trial: Trial, which = points): Promise<VisitFilter[]> {
  const visits: VisitFilter[] = []
  for (const point of which) {
    const upload = await accept(trial, point)
    const { step, nth = 1 } = point
    visits.push({ upload: asRevision(upload), step, nth })
  }
  return visits
}

async function accept(trial: Trial, { step, nth = 1, course }: Point): Promise<string> {
  const { picture, expected } = await courses[course]()
  const upload = await trial.upload(`${step}-${nth}-${course}`, picture, expected)
  if (course === 'given up') await recordCrashesToLimit(trial.world, upload)
  if (course === 'failing')
    trial.gates.fail({ upload: asRevision(upload), step: 'publish', nth: 1 })
  return upload
}

/** Picture that makes an upload take each course, and the expected outcome. */
const courses: Record<Point['course'], () => Promise<{ picture: Buffer; expected: Expected }>> = {
  ready: async () => ({ picture: await whole(), expected: 'ready' }),
  failing: async () => ({ picture: await whole(), expected: 'ready' }),
  rejected: async () => ({ picture: await truncated(), expected: 'rejected' }),
  'given up': async () => ({ picture: await whole(), expected: 'rejected' }),
  crashing: async () => ({ picture: poisoned(await whole()), expected: 'rejected' }),
}
