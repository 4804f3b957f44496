import { asRevision } from '../domain/brands.ts'
import { truncated, whole } from '../pictures/tiny.ts'
import { condemn } from './blame.ts'
import type { Hold, Where } from './hold.ts'
import type { Expected } from './ledger.ts'
import { poisoned } from './poison.ts'
import type { Trial } from './trial.ts'
import type { Moment, StepName } from './visits.ts'

/** A step of an upload that takes this course. */
interface Point {
  readonly step: StepName
  readonly nth?: number
  readonly course: 'ready' | 'rejected' | 'given up' | 'failing' | 'crashing'
}

/** Every step that a worker takes, on every course that an upload can take. */
export const points: readonly Point[] = [
  { step: 'begin', course: 'ready' },
  { step: 'get', course: 'ready' },
  { step: 'render', course: 'ready' },
  { step: 'keep', course: 'ready' },
  { step: 'put', nth: 1, course: 'ready' },
  { step: 'put', nth: 3, course: 'ready' },
  { step: 'put', nth: 8, course: 'ready' },
  { step: 'commit', course: 'ready' },
  { step: 'remove', course: 'ready' },
  { step: 'end', course: 'rejected' },
  { step: 'end', course: 'given up' },
  { step: 'find', course: 'given up' },
  { step: 'quarantine', course: 'given up' },
  { step: 'remove', course: 'given up' },
  { step: 'release', course: 'failing' },
  { step: 'blame', course: 'crashing' },
]

/**
 * An upload for each point, of a user of its own, but for taking a start back: a worker does that one
 * after the other, and who is stopped there stops all that crash.
 * @returns where this worker will be stopped with each of them, once
 */
export async function acceptForPoints(trial: Trial, worker: string, at: Moment): Promise<Hold[]> {
  const visits = await acceptEach(
    trial,
    points.filter(({ step }) => step !== 'release'),
  )
  return visits.map((visit) => trial.gates.hold({ ...visit, worker, at }, 1))
}

/** @returns for each upload the step that it is for */
export async function acceptEach(trial: Trial, which = points): Promise<Where[]> {
  const visits: Where[] = []
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
  if (course === 'given up') await condemn(trial.world, upload)
  if (course === 'failing') trial.gates.fail({ upload: asRevision(upload), step: 'put', nth: 1 })
  return upload
}

/** What is sent for an upload to take each course. */
const courses: Record<Point['course'], () => Promise<{ picture: Buffer; expected: Expected }>> = {
  ready: async () => ({ picture: await whole(), expected: 'ready' }),
  failing: async () => ({ picture: await whole(), expected: 'ready' }),
  rejected: async () => ({ picture: await truncated(), expected: 'rejected' }),
  'given up': async () => ({ picture: await whole(), expected: 'rejected' }),
  crashing: async () => ({ picture: poisoned(await whole()), expected: 'rejected' }),
}
