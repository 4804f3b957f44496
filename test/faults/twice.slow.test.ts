import { variantPrefix } from '@visage/shared/avatar/keys'
import type { App } from '@visage/stack/app'
import { expect } from 'vitest'
import { asRevision, asUserId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { attempt } from '../support/faults/attempt.ts'
import { allHaveOutcome } from '../support/faults/checker.ts'
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
      holds: 'it continues beside its successor, and each upload gets one outcome',
    },
    async (trial) => {
      await trial.startApi()
      const holds = await acceptForPoints(trial, 'frozen', at)
      const frozen = await trial.startHookWorker({ name: 'frozen', concurrency: holds.length })
      await Promise.all(holds.map((hold) => hold.reached()))
      await freezeUntilOutcomes(trial, frozen)
      for (const hold of holds) hold.release()
      trial.times = holds.length
      await thawAndFinish(frozen)
    },
  )
}

faultCase(
  {
    fault: 'worker frozen with a transaction open',
    holds: 'its lock on the row is released',
  },
  async (trial) => {
    await trial.startApi()
    const { proxy, env } = await trial.link('postgres')
    await trial.upload('ada', await whole())
    const written = proxy.trap({ on: 'update "uploads" set "state"', effect: 'hold' })
    const frozen = await trial.startHookWorker({ name: 'frozen', env })
    await written.sprung
    await freezeUntilOutcomes(trial, frozen)
    written.release()
    await thawAndFinish(frozen)
  },
)

for (const next of ['continues', 'is killed'] as const) {
  faultCase(
    {
      fault: `worker frozen until its picture is purged, then ${next}`,
      holds: 'the variants that it still writes are deleted too',
    },
    async (trial) => {
      await trial.startApi()
      const early = await trial.upload('ada', await whole())
      const put = trial.gates.hold({ worker: 'frozen', step: 'publish', at: 'before' })
      const commit = trial.gates.hold({ worker: 'frozen', step: 'commit', at: 'before' })
      // Long timeouts: after the thaw on a busy machine, the pending writes must not time out.
      const env = { S3_TIMEOUT: '60s', DATABASE_TIMEOUT: '60s' }
      const frozen = await trial.startHookWorker({ name: 'frozen', env })
      await put.reached(8)
      await freezeUntilOutcomes(trial, frozen, next === 'is killed' ? { AUDIT_EVERY: '2s' } : {})
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
      if (next === 'is killed') frozen.kill('SIGKILL')
      commit.release()
      if (next === 'continues') await thawAndFinish(frozen)
    },
  )
}

for (const at of moments) {
  faultCase(
    {
      fault: `same job twice at once, one ${at} each step`,
      holds: 'each upload gets one outcome',
    },
    async (trial) => {
      await trial.startApi()
      const holds = await acceptForPoints(trial, 'first', at)
      const uploads = trial.ledger.uploads.map(({ id }) => id)
      const firsts = uploads.map((id) => attempt(trial, 'first', id).catch(() => undefined))
      await Promise.all(holds.map((hold) => hold.reached()))
      trial.times = holds.length
      trial.startRecovery()
      for (const id of uploads) await attempt(trial, 'second', id).catch(() => undefined)
      for (const hold of holds) hold.release()
      await Promise.all(firsts)
      await trial.startHookWorker()
    },
  )
}

/** Freezes the worker until its locks expire and another worker has finished its uploads. */
async function freezeUntilOutcomes(
  trial: Trial,
  frozen: App,
  env: Environment = {},
): Promise<void> {
  trial.startRecovery()
  frozen.kill('SIGSTOP')
  await trial.startHookWorker({ name: 'successor', env })
  await eventually('every outcome', 40_000, () => allHaveOutcome(trial.world, trial.ledger))
}

/** Thaws and stops the worker: it finishes its pending steps and exits cleanly. */
async function thawAndFinish(frozen: App): Promise<void> {
  await frozen.stop()
  expect(await frozen.exited).toEqual({ code: 0, signal: null })
}
