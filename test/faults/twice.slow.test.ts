import { variantPrefix } from '@visage/shared/avatar/keys'
import type { App } from '@visage/stack/app'
import { expect } from 'vitest'
import { asRevision, asUserId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { attempt } from '../support/faults/attempt.ts'
import { allEnded } from '../support/faults/checker.ts'
import { acceptForPoints } from '../support/faults/points.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { moments } from '../support/faults/visits.ts'
import { whole } from '../support/pictures/tiny.ts'
import { keysIn } from '../support/world/state.ts'
import type { Environment } from '../support/world/world.ts'

const faultCase = faultSuite()

for (const at of ['before', 'after'] as const) {
  faultCase(
    {
      fault: `worker frozen past its lock ${at} each step`,
      holds: 'it goes on beside its successor, and each upload ends once',
    },
    async (trial) => {
      await trial.startApi()
      const holds = await acceptForPoints(trial, 'frozen', at)
      const frozen = await trial.startHookWorker({ name: 'frozen', concurrency: holds.length })
      await Promise.all(holds.map((hold) => hold.reached()))
      await freezeUntilEnded(trial, frozen)
      for (const hold of holds) hold.release()
      trial.times = holds.length
      await thawAndFinish(frozen)
    },
  )
}

faultCase(
  {
    fault: 'worker frozen with a transaction open',
    holds: 'its lock on the row is broken',
  },
  async (trial) => {
    await trial.startApi()
    const { proxy, env } = await trial.link('postgres')
    await trial.upload('ada', await whole())
    const written = proxy.trap({ on: 'update "uploads" set "state"', effect: 'hold' })
    const frozen = await trial.startHookWorker({ name: 'frozen', env })
    await written.sprung
    await freezeUntilEnded(trial, frozen)
    written.release()
    await thawAndFinish(frozen)
  },
)

for (const end of ['goes on', 'is killed'] as const) {
  faultCase(
    {
      fault: `worker frozen until its picture is purged, then ${end}`,
      holds: 'the variants that it still writes go as well',
    },
    async (trial) => {
      await trial.startApi()
      const early = await trial.upload('ada', await whole())
      const put = trial.gates.hold({ worker: 'frozen', step: 'put', at: 'before' })
      const commit = trial.gates.hold({ worker: 'frozen', step: 'commit', at: 'before' })
      // Thawed on a busy machine, it must not give up what it was about to write.
      const env = { S3_TIMEOUT: '60s', DATABASE_TIMEOUT: '60s' }
      const frozen = await trial.startHookWorker({ name: 'frozen', env })
      await put.reached(8)
      await freezeUntilEnded(trial, frozen, end === 'is killed' ? { AUDIT_EVERY: '2s' } : {})
      await trial.upload('ada', await whole(2))
      await eventually('the first picture is purged', 20_000, async () => {
        return (
          (await keysIn(trial.world, variantPrefix(asUserId('ada'), asRevision(early)))).length ===
          0
        )
      })
      put.release()
      frozen.kill('SIGCONT')
      await commit.reached()
      if (end === 'is killed') frozen.kill('SIGKILL')
      commit.release()
      if (end === 'goes on') await thawAndFinish(frozen)
    },
  )
}

for (const at of moments) {
  faultCase(
    {
      fault: `same job twice at once, one ${at} each step`,
      holds: 'each upload ends once',
    },
    async (trial) => {
      await trial.startApi()
      const holds = await acceptForPoints(trial, 'first', at)
      const uploads = trial.ledger.uploads.map(({ id }) => id)
      const firsts = uploads.map((id) => attempt(trial, 'first', id).catch(() => undefined))
      await Promise.all(holds.map((hold) => hold.reached()))
      trial.times = holds.length
      trial.broke()
      for (const id of uploads) await attempt(trial, 'second', id).catch(() => undefined)
      for (const hold of holds) hold.release()
      await Promise.all(firsts)
      await trial.startHookWorker()
    },
  )
}

/** Its locks run out, and another worker ends what it had begun. */
async function freezeUntilEnded(trial: Trial, frozen: App, env: Environment = {}): Promise<void> {
  trial.broke()
  frozen.kill('SIGSTOP')
  await trial.startHookWorker({ name: 'successor', env })
  await eventually('every outcome', 40_000, () => allEnded(trial.world, trial.ledger))
}

/** It does what it was about to do when it was frozen, and nothing more. */
async function thawAndFinish(frozen: App): Promise<void> {
  await frozen.stop()
  expect(await frozen.exited).toEqual({ code: 0, signal: null })
}
