import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '../domain/eventually.ts'
import type { Environment } from '../world/world.ts'
import { allEnded, check, type Findings, leftovers } from './checker.ts'
import { outcomes } from './history.ts'
import { FaultServers } from './servers.ts'
import type { FaultRow } from './table.ts'
import { Trial } from './trial.ts'

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultRow
  }
}

export interface Case {
  /** What breaks: the name in the table. Rows of the same name are added up. */
  readonly fault: string
  /** The property that holds all the same. */
  readonly holds: string
  /** Maximum milliseconds from the fault to each outcome. Default: HANG. */
  readonly within?: number
}

/** Milliseconds that only a hang takes, on a machine however busy. */
const HANG = 120_000
/** The same for the sweep, the purge and the audit of a trial, which tidy up every second or two. */
const TIDY = 60_000
/** Milliseconds for a whole case: its own steps, every outcome, and the tidying up. */
const CASE = 360_000

/**
 * Starts servers of this file's own, which cases may break, and returns the function that defines a case
 * on them.
 * @param redis returns the settings of another Redis to use, once a case begins
 */
export function faultSuite(redis: () => Environment | undefined = () => undefined) {
  let servers: FaultServers
  let trial: Trial | undefined
  beforeAll(async () => {
    servers = await FaultServers.open()
  })
  afterEach(async () => {
    await servers.restore()
    await trial?.close()
    trial = undefined
  })

  afterAll(() => servers?.close())

  return (one: Case, run: (trial: Trial) => Promise<void>) =>
    test(`${one.fault}: ${one.holds}`, { timeout: CASE }, async ({ task }) => {
      trial = await Trial.open(servers, redis())
      await run(trial)
      const findings = await verdict(trial, one.within ?? HANG)
      const recovery = await slowestRecovery(trial)
      task.meta.fault = toRow(one, trial, findings, recovery)
      expect(findings).toEqual({ lost: [], wrong: [], leftovers: [] })
      expect(recovery).toBeLessThan(one.within ?? HANG)
    })
}

/** Waits until every upload has an outcome and the bucket has no leftovers. Stops at the deadline without an error. */
async function verdict({ world, ledger }: Trial, within: number): Promise<Findings> {
  await eventually('every outcome', within, () => allEnded(world, ledger)).catch(() => undefined)
  const tidy = async () => (await leftovers(world)).length === 0
  await eventually('nothing left over', TIDY, tidy).catch(() => undefined)
  return check(world, ledger)
}

async function slowestRecovery({ world, brokeAt }: Trial): Promise<number> {
  const times = (await outcomes(world.db)).map(({ at }) => at.getTime())
  return Math.max(0, ...times.map((time) => time - brokeAt))
}

function toRow(
  { fault }: Case,
  { times, ledger }: Trial,
  { lost, wrong, leftovers }: Findings,
  recovery: number,
): FaultRow {
  return {
    fault,
    times,
    accepted: ledger.uploads.length + ledger.resets.length,
    lost: lost.length,
    wrong: wrong.length,
    leftovers: leftovers.length,
    recovery,
  }
}
