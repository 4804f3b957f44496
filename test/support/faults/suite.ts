import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '../domain/eventually.ts'
import type { Environment } from '../world/world.ts'
import { allHaveOutcome, check, type Findings, leftovers } from './checker.ts'
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
  /** Fault, and its name in the table. The table adds up rows of the same name. */
  readonly fault: string
  /** Property that holds in spite of the fault. */
  readonly holds: string
  /** Maximum milliseconds from the fault to each outcome. Default: HANG. */
  readonly within?: number
}

/** Maximum milliseconds to every outcome. Only a hang takes longer, even on a busy machine. */
const HANG = 120_000
/** Maximum milliseconds until the sweep, the purge and the audit have deleted all leftovers. They run every 1 or 2 s. */
const CLEANUP = 60_000
/** Timeout of a case in milliseconds: its own steps, every outcome, and the deletion of leftovers. */
const CASE = 360_000

/**
 * Starts servers for this file, which its cases may break. Returns the function that defines a case.
 * @param redis returns the settings of another Redis; called when a case begins
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
      const findings = await collectFindings(trial, one.within ?? HANG)
      const recovery = await slowestRecovery(trial)
      task.meta.fault = toRow(one, trial, findings, recovery)
      expect(findings).toEqual({ lost: [], wrong: [], leftovers: [] })
      expect(recovery).toBeLessThan(one.within ?? HANG)
    })
}

/** Waits until every upload has an outcome and the bucket has no leftovers. Stops at the deadline without an error. */
async function collectFindings({ world, ledger }: Trial, within: number): Promise<Findings> {
  await eventually('every outcome', within, () => allHaveOutcome(world, ledger)).catch(
    () => undefined,
  )
  const isClean = async () => (await leftovers(world)).length === 0
  await eventually('no leftovers', CLEANUP, isClean).catch(() => undefined)
  return check(world, ledger)
}

async function slowestRecovery({ world, recoveryStart }: Trial): Promise<number> {
  const times = (await outcomes(world.db)).map(({ at }) => at.getTime())
  return Math.max(0, ...times.map((time) => time - recoveryStart))
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
