import { type Recipe, recipe } from '@visage/shared/avatar/recipe'
import { recipeId, rerenderRevision } from '@visage/shared/avatar/recipe-id'
import { UploadQueue } from '@visage/shared/queue/upload-queue'
import { Originals } from '@visage/shared/storage/originals'
import { expect } from 'vitest'
import { asRevision, asUserId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { silent } from '../support/faults/attempt.ts'
import { allEnded } from '../support/faults/checker.ts'
import type { Hold, Where } from '../support/faults/hold.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { moments } from '../support/faults/visits.ts'
import { whole } from '../support/pictures/tiny.ts'
import { pictureRow } from '../support/world/state.ts'

const faultCase = faultSuite()

/** Where a worker is that renders a picture anew. */
const points = [
  { step: 'rerender' },
  { step: 'original' },
  { step: 'render' },
  { step: 'carry' },
  { step: 'put', nth: 1 },
  { step: 'put', nth: 8 },
  { step: 'replace' },
] as const satisfies readonly Where[]

type Point = (typeof points)[number]

const userOf = (point: Point) => `${point.step}-${'nth' in point ? point.nth : 1}`

/** Today's recipe has other qualities, and the same sizes. */
const env = { WEBP_QUALITY: '60' }
const today: Recipe = {
  ...recipe,
  encoding: { ...recipe.encoding, webp: { ...recipe.encoding.webp, quality: 60 } },
}
const id = recipeId(today)

/** For each point a picture of another recipe, whose worker will be stopped there once it is rendered anew. */
async function shownAtPoints(trial: Trial, worker: string, at: (typeof moments)[number]) {
  await trial.startApi()
  for (const point of points) await trial.upload(userOf(point), await whole())
  const older = await trial.startWorker()
  await eventually('all are shown', 30_000, () => allEnded(trial.world, trial.ledger))
  await older.stop()
  return trial.ledger.uploads.map(({ id: from }, i) => {
    const point = points[i] as Point
    const upload = point.step === 'put' ? rerenderRevision(from, id) : from
    return trial.gates.hold({ ...point, upload: asRevision(upload ?? ''), worker, at }, 1)
  })
}

/** Queues what is shown, as the command does. */
async function queueAll({ world, ledger }: Trial): Promise<void> {
  const queue = new UploadQueue(world.redis, `${world.env.QUEUE_PREFIX}`, silent)
  const originals = new Originals(world.store)
  for (const { id: from, user } of ledger.uploads) {
    const original = await originals.find(asUserId(user), from)
    if (!original) throw new Error(`no original of ${from}`)
    await queue.addRerender(original, id)
  }
}

/** A worker that stands at every point at once. */
async function stand(trial: Trial, name: string, holds: readonly Hold[]) {
  const worker = await trial.startHookWorker({ name, concurrency: holds.length, env })
  await queueAll(trial)
  await Promise.all(holds.map((hold) => hold.reached()))
  trial.times = holds.length
  return worker
}

async function allAnew({ world, ledger }: Trial): Promise<void> {
  await eventually('all are rendered anew', 40_000, async () => {
    const rows = await Promise.all(ledger.users.map((user) => pictureRow(world, user)))
    return rows.every(({ recipe }) => recipe === id)
  })
}

for (const at of moments) {
  faultCase(
    {
      fault: `worker killed ${at} each step of rendering anew`,
      holds: 'another one does it, and what was shown is shown until then',
    },
    async (trial) => {
      const holds = await shownAtPoints(trial, 'victim', at)
      const victim = await stand(trial, 'victim', holds)
      trial.broke()
      victim.kill('SIGKILL')
      await trial.startHookWorker({ name: 'successor', env })
      await allAnew(trial)
    },
  )
}

faultCase(
  {
    fault: 'worker frozen past its lock before each step of rendering anew',
    holds: 'it goes on beside its successor, and each is rendered anew once',
  },
  async (trial) => {
    const holds = await shownAtPoints(trial, 'frozen', 'before')
    const frozen = await stand(trial, 'frozen', holds)
    frozen.kill('SIGSTOP')
    await trial.startHookWorker({ name: 'successor', env })
    await allAnew(trial)
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
      fault: `${name} while a picture is rendered anew`,
      holds: 'it wins, at whatever step it comes',
    },
    async (trial) => {
      const holds = await shownAtPoints(trial, 'busy', 'before')
      await stand(trial, 'busy', holds)
      for (const point of points) await change(trial, userOf(point))
      trial.broke()
      await trial.startWorker(env)
      await eventually('the changes', 20_000, () => allEnded(trial.world, trial.ledger))
      for (const hold of holds) hold.release()
    },
  )
}

faultCase(
  {
    fault: 'Redis emptied and the worker killed before a picture rendered anew is shown',
    holds: 'the next run of the command does it',
  },
  async (trial) => {
    const holds = await shownAtPoints(trial, 'victim', 'before')
    const victim = await stand(trial, 'victim', holds)
    victim.kill('SIGKILL')
    await trial.world.redis.flushall()
    trial.broke()
    await trial.startWorker({ ...env, AUDIT_EVERY: '1s' })
    await queueAll(trial)
    await allAnew(trial)
  },
)
