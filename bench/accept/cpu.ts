import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { World } from '../../test/support/world/world.ts'
import { startForked } from '../support/forked.ts'
import { load } from '../support/load.ts'
import type { Report, Row, Table } from '../support/part.ts'
import { cpuSeconds } from '../support/proc.ts'
import { sharesOf } from './profile.ts'
import { targetOf } from './uploads.ts'

/** Whose code the API's time goes to, against an object store that does nothing. */
export async function cpuByOwner(world: World, body: Buffer, time: number) {
  const folder = mkdtempSync(join(tmpdir(), 'visage-bench-'))
  const file = join(folder, 'api.cpuprofile')
  const store = await startForked(new URL('./null-s3-main.ts', import.meta.url))
  const api = await world.startApiProcess({
    S3_ENDPOINT: `http://127.0.0.1:${store.port}`,
    NODE_OPTIONS: `--import ${new URL('./profile-hook.mjs', import.meta.url)}`,
    BENCH_PROFILE: file,
  })
  const before = cpuSeconds(api.pid)
  const { times } = await load(targetOf(api.port, body), time)
  const milliseconds = ((cpuSeconds(api.pid) - before) * 1000) / times.length
  await api.stop()
  store.stop()
  const shares = sharesOf(file)
  rmSync(folder, { recursive: true })
  return { milliseconds, shares }
}

/** Less than that of the whole is gathered in one row. */
const WORTH_A_ROW = 0.01

export function withCpu(
  report: Report,
  { milliseconds, shares }: Awaited<ReturnType<typeof cpuByOwner>>,
  steps: Table,
): Report {
  const row = (who: string, share: number): Row => ({
    'whose code': who,
    'share of the time': share,
    'ms an upload': share * milliseconds,
  })
  const rows = shares
    .filter(([, share]) => share >= WORTH_A_ROW)
    .map(([who, share]) => row(who, share))
  const rest = shares.reduce((sum, [, share]) => sum + (share < WORTH_A_ROW ? share : 0), 0)
  const title = `API, CPU of an upload of 200 KB against an object store that does nothing: ${milliseconds.toFixed(2)} ms`
  const ours = shares.find(([who]) => who === 'Visage')?.[1] ?? 0
  return {
    ...report,
    tables: [...report.tables, { title, rows: [...rows, row('all others', rest)] }, steps],
    targets: [
      ...report.targets,
      {
        what: "share of the API's CPU that is our own code,",
        value: ours,
        sense: 'at most',
        bound: 0.1,
      },
    ],
  }
}
