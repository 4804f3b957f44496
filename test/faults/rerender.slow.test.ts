import { type Recipe, recipe } from '@visage/shared/avatar/recipe'
import { recipeId, rerenderRevision } from '@visage/shared/avatar/recipe-id'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { Originals } from '@visage/shared/storage/originals'
import { expect } from 'vitest'
import { asRevision, asUserId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { silent } from '../support/faults/attempt.ts'
import { allHaveOutcome } from '../support/faults/checker.ts'
import type { Hold, VisitFilter } from '../support/faults/hold.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { moments } from '../support/faults/visits.ts'
import { whole } from '../support/pictures/tiny.ts'
import { pictureRow } from '../support/world/state.ts'

const faultCase = faultSuite()

/** Steps of a rerender. */
const points = [
  { step: 'rerender_begin' },
  { step: 'rerender_fetch' },
  { step: 'render' },
  { step: 'rerender_keep' },
  { step: 'publish', nth: 1 },
  { step: 'publish', nth: 8 },
  { step: 'rerender_commit' },
] as const satisfies readonly VisitFilter[]

type Point = (typeof points)[number]

const userOf = (point: Point) => `${point.step}-${'nth' in point ? point.nth : 1}`

/** Current recipe: another quality, the same sizes. */
const env = { WEBP_QUALITY: '60' }
const today: Recipe = {
  ...recipe,
  encoding: { ...recipe.encoding, webp: { ...recipe.encoding.webp, quality: 60 } },
}
const id = recipeId(today)

/** Publishes one picture of an older recipe for each point. Returns the holds that stop its rerender there. */
async function publishForPoints(trial: Trial, worker: string, at: (typeof moments)[number]) {
  await trial.startApi()
  for (const point of points) await trial.upload(userOf(point), await whole())
  const older = await trial.startWorker()
  await eventually('all are shown', 30_000, () => allHaveOutcome(trial.world, trial.ledger))
  await older.stop()
  return trial.ledger.uploads.map(({ id: from }, i) => {
    const point = points[i] as Point
    const upload = point.step === 'publish' ? rerenderRevision(from, id) : from
    return trial.gates.hold({ ...point, upload: asRevision(upload ?? ''), worker, at }, 1)
  })
}

/** Queues a rerender of every shown picture, as the command does. */
async function queueAll({ world, ledger }: Trial): Promise<void> {
  const queue = new UploadQueue(world.redis, `${world.env.QUEUE_PREFIX}`, silent)
  const originals = new Originals(world.store)
  for (const { id: from, user } of ledger.uploads) {
    const original = await originals.find(asUserId(user), from)
    if (!original) throw new Error(`no original of ${from}`)
    await queue.addRerender(original, id)
  }
}

/** Starts a worker and waits until it is stopped at every point. */
async function startAndReachHolds(trial: Trial, name: string, holds: readonly Hold[]) {
  const worker = await trial.startHookWorker({ name, concurrency: holds.length, env })
  await queueAll(trial)
  await Promise.all(holds.map((hold) => hold.reached()))
  trial.times = holds.length
  return worker
}

async function allRerendered({ world, ledger }: Trial): Promise<void> {
  await eventually('the rerender of every picture', 40_000, async () => {
    const rows = await Promise.all(ledger.users.map((user) => pictureRow(world, user)))
    return rows.every(({ recipe }) => recipe === id)
  })
}

for (const at of moments) {
  faultCase(
    {
      fault: `worker killed ${at} each step of a rerender`,
      holds: 'another worker finishes it, and the old picture is shown until then',
    },
    async (trial) => {
      const holds = await publishForPoints(trial, 'victim', at)
      const victim = await startAndReachHolds(trial, 'victim', holds)
      trial.startRecovery()
      victim.kill('SIGKILL')
      await trial.startHookWorker({ name: 'successor', env })
      await allRerendered(trial)
    },
  )
}

faultCase(
  {
    fault: 'worker frozen past its lock before each step of a rerender',
    holds: 'it continues beside its successor, and each picture is rerendered once',
  },
  async (trial) => {
    const holds = await publishForPoints(trial, 'frozen', 'before')
    const frozen = await startAndReachHolds(trial, 'frozen', holds)
    frozen.kill('SIGSTOP')
    await trial.startHookWorker({ name: 'successor', env })
    await allRerendered(trial)
    for (const hold of holds) hold.release()
    await frozen.stop()
    expect(await frozen.exited).toEqual({ code: 0, signal: null })
  },
)

const changes: Record<string, (trial: Trial, user: string) => Promise<unknown>> = {
  'another upload': async (trial, user) => trial.upload(user, await whole(2)),
  'a reset to Gravatar': (trial, user) => trial.reset(user),
}

for (const [name, change] of Object.entries(changes)) {
  faultCase(
    {
      fault: `${name} during a rerender`,
      holds: 'the change wins at every step',
    },
    async (trial) => {
      const holds = await publishForPoints(trial, 'busy', 'before')
      await startAndReachHolds(trial, 'busy', holds)
      for (const point of points) await change(trial, userOf(point))
      trial.startRecovery()
      await trial.startWorker(env)
      await eventually('the changes', 20_000, () => allHaveOutcome(trial.world, trial.ledger))
      for (const hold of holds) hold.release()
    },
  )
}

faultCase(
  {
    fault: 'Redis emptied and the worker killed before each step of a rerender',
    holds: 'the next run of the command finishes it',
  },
  async (trial) => {
    const holds = await publishForPoints(trial, 'victim', 'before')
    const victim = await startAndReachHolds(trial, 'victim', holds)
    victim.kill('SIGKILL')
    await trial.world.redis.flushall()
    trial.startRecovery()
    await trial.startWorker({ ...env, AUDIT_EVERY: '1s' })
    await queueAll(trial)
    await allRerendered(trial)
  },
)
