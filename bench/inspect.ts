import { prepareEngine } from '../apps/worker/src/image/engine.ts'
import { inspect } from '../apps/worker/src/image/inspect.ts'
import { limits } from '../apps/worker/src/image/limits.ts'
import { headerBombs, sidelessBombs } from '../test/support/hostile/bombs.ts'
import { quantile } from './quantile.ts'

/** How long it takes to refuse a picture by its header, in milliseconds: no pixel is decoded. */
const RUNS = 101

prepareEngine()
const medians: number[] = []
for (const { name, make } of [...headerBombs, ...sidelessBombs]) {
  const bytes = await make()
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) times.push(await refusal(bytes))
  medians.push(quantile(times, 0.5))
  process.stdout.write(
    `${name.padEnd(50)} median ${quantile(times, 0.5).toFixed(2)} ms, longest ${Math.max(...times).toFixed(2)} ms\n`,
  )
}
process.stdout.write(
  `refused by the header: median of the medians ${quantile(medians, 0.5).toFixed(2)} ms, the largest ${Math.max(...medians).toFixed(2)} ms\n`,
)

async function refusal(bytes: Buffer): Promise<number> {
  const started = performance.now()
  const refused = await inspect(bytes, limits).then(
    () => false,
    () => true,
  )
  if (!refused) throw new Error('this picture is not refused by its header')
  return performance.now() - started
}
