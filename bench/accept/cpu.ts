import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { World } from '../../test/support/world/world.ts'
import { startForkedServer } from '../support/forked-server.ts'
import { load } from '../support/load.ts'
import type { Report, Row, Table } from '../support/part.ts'
import { cpuSeconds } from '../support/proc.ts'
import { sharesOf } from './profile.ts'
import { targetOf } from './uploads.ts'

/** CPU of the API per upload, by owner of the code, with an object store that does nothing. */
export async function cpuByOwner(world: World, body: Buffer, time: number) {
  const folder = mkdtempSync(join(tmpdir(), 'visage-bench-'))
  const file = join(folder, 'api.cpuprofile')
  const store = await startForkedServer(new URL('./null-s3-main.ts', import.meta.url))
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

/** Smaller shares are summed up in one row. */
const MIN_SHARE = 0.01

export function withCpu(
  report: Report,
  { milliseconds, shares }: Awaited<ReturnType<typeof cpuByOwner>>,
  steps: Table,
): Report {
  const row = (owner: string, share: number): Row => ({
    'code of': owner,
    'share of CPU': share,
    'ms per upload': share * milliseconds,
  })
  const rows = shares
    .filter(([, share]) => share >= MIN_SHARE)
    .map(([owner, share]) => row(owner, share))
  const rest = shares.reduce((sum, [, share]) => sum + (share < MIN_SHARE ? share : 0), 0)
  const title = `API: CPU per upload of 200 KB, with an object store that does nothing: ${milliseconds.toFixed(2)} ms`
  const own = shares.find(([owner]) => owner === 'Visage')?.[1] ?? 0
  return {
    ...report,
    tables: [...report.tables, { title, rows: [...rows, row('others', rest)] }, steps],
    targets: [
      ...report.targets,
      {
        what: "share of the API's CPU in the code of Visage,",
        value: own,
        sense: 'at most',
        bound: 0.1,
      },
    ],
  }
}
