import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import sharp from 'sharp'
import { openPixels, type Pixels, shrink } from '../../apps/worker/src/image/decode.ts'
import { prepareEngine } from '../../apps/worker/src/image/engine.ts'
import { centreSquare } from '../support/centre-square.ts'
import { corpus } from '../support/corpus.ts'
import { interleave, median } from '../support/cpu.ts'
import type { Part, Row, Table } from '../support/part.ts'
import { generated, type Picture } from '../support/pictures.ts'
import { type Candidate, candidates } from './candidates.ts'
import { kernelTables } from './kernels.ts'
import { type Likeness, likeness } from './likeness.ts'

const ROUNDS = 3
const SIDES = [512, 128]

export const part: Part = {
  what: 'bytes, CPU milliseconds and likeness of one variant with different settings, means',
  measure: async () => {
    const pictures = [...(await generated()), ...(await corpus())]
    prepareEngine()
    // `likeness` decodes AVIF files, which `prepareEngine` blocks.
    sharp.unblock({ operation: ['VipsForeignLoadHeifBuffer'] })
    const bar = new ProgressBar('encodings', pictures.length * SIDES.length * candidates.length)
    const results: Result[] = []
    for (const picture of pictures) results.push(...(await measureAll(picture, () => bar.step())))
    bar.end()
    return { tables: [...tables(results), ...(await kernelTables(pictures))], targets: [] }
  },
}

interface Result extends Likeness {
  readonly candidate: Candidate
  readonly side: number
  readonly graphic: boolean
  readonly bytes: number
  readonly ms: number
}

async function measureAll({ name, bytes }: Picture, step: () => void): Promise<Result[]> {
  const graphic = name.includes('PNG')
  const largest = await centreSquare(bytes, SIDES[0] ?? 0)
  const results: Result[] = []
  for (const side of SIDES) {
    const square = await shrink(largest, side)
    for (const candidate of candidates) {
      results.push({ candidate, side, graphic, ...(await measureOne(candidate, square)) })
      step()
    }
  }
  return results
}

async function measureOne(candidate: Candidate, square: Pixels) {
  const encode = () => candidate.encode(openPixels(square)).toBuffer()
  const { encoding } = await interleave({ encoding: encode }, { warmUp: 0, rounds: ROUNDS })
  const file = await encode()
  return { bytes: file.length, ms: median(encoding), ...(await likeness(file, square)) }
}

/** Separate tables for photos (sent as JPEG) and graphics (sent as PNG), because different settings can suit them. */
function tables(results: readonly Result[]): Table[] {
  const formats = [...new Set(candidates.map(({ format }) => format))]
  return formats.flatMap((format) =>
    [false, true].map((graphic): Table => {
      const own = candidates.filter((candidate) => candidate.format === format)
      const rows = own.map((candidate) => {
        return rowOf(
          candidate,
          results.filter((r) => r.candidate === candidate && r.graphic === graphic),
        )
      })
      return { title: `${format}, from pictures sent as ${graphic ? 'PNG' : 'JPEG'}`, rows }
    }),
  )
}

function rowOf({ settings }: Candidate, results: readonly Result[]): Row {
  const columns = SIDES.flatMap((side) => {
    const own = results.filter((result) => result.side === side)
    return [
      [`${side}: KB`, mean(own.map(({ bytes }) => bytes / 1000))],
      [`${side}: ms`, mean(own.map(({ ms }) => ms))],
      [`${side}: SSIM`, mean(own.map(({ ssim }) => ssim)).toFixed(4)],
      [`${side}: colour`, mean(own.map(({ colour }) => colour))],
    ]
  })
  return { settings, ...Object.fromEntries(columns) }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
