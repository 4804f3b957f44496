import { forgetPeak, memory, peakMemory } from '../../test/support/servers/processes.ts'
import type { Effort, Report, Row } from '../support/part.ts'
import { photo } from '../support/photo.ts'
import { bearer, onServers } from '../support/service.ts'

const MIB = 1024 ** 2
const LARGEST = 16 * MIB
const PLAN = { quick: { uploads: 8, rounds: 2 }, full: { uploads: 64, rounds: 5 } }

/** MiB: `MAX_BYTES_IN_FLIGHT`, plus 150 for the process itself. */
const BOUND = 256 + 150

/** Measures the memory of the API during several rounds of concurrent uploads of the maximum size. */
export function api(effort: Effort): Promise<Report> {
  const { uploads, rounds } = PLAN[effort]
  return onServers(async (world) => {
    const { pid, port } = await world.startApiProcess({
      S3_TIMEOUT: '60s',
      REFUSED_BODY_TIMEOUT: '60s',
    })
    const picture = await (await photo({ width: 64, height: 64 })).jpeg().toBuffer()
    const body = Buffer.concat([picture], LARGEST)
    const rows: Row[] = []
    for (let round = 1; round <= rounds; round++) {
      forgetPeak(pid)
      const before = memory(pid)
      const codes = await Promise.all(Array.from({ length: uploads }, (_, i) => put(port, i, body)))
      rows.push({
        round,
        accepted: codes.filter((code) => code === 0).length,
        'refused with 503': codes.filter((code) => code === 503).length,
        'before, MiB': before / MIB,
        'highest, MiB': peakMemory(pid) / MIB,
      })
    }
    const value = Math.max(...rows.map((row) => Number(row['highest, MiB'])))
    return {
      tables: [{ title: `API, ${uploads} uploads of 16 MiB at once`, rows }],
      targets: [{ what: 'MiB of the API', value, sense: 'at most', bound: BOUND }],
    }
  })
}

async function put(port: number, index: number, body: Buffer): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/user/setting/avatar`, {
    method: 'PUT',
    headers: bearer(`bench-${index}`),
    body,
  })
  return ((await answer.json()) as { code: number }).code
}
