import type { Framing } from '@visage/shared/avatar/framing'
import { recipe } from '@visage/shared/avatar/recipe'
import { ProgressBar } from '@visage/shared/lifecycle/progress-bar'
import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { childrenOf } from '@visage/stack/os'
import sharp, { type Sharp } from 'sharp'
import { limits } from '../apps/worker/src/image/limits.ts'
import { workerMetrics } from '../apps/worker/src/metrics.ts'
import { Renderer } from '../apps/worker/src/renderer/renderer.ts'
import type { Part, Row } from './support/part.ts'
import { photo } from './support/photo.ts'
import { cpuSeconds } from './support/proc.ts'

/** Pixels of a crop near the bottom, for which a decoder can hardly shrink. */
const CROP = 600

interface Subject {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly encode: (image: Sharp) => Sharp
}

const jpeg = (image: Sharp) => image.jpeg({ quality: 80 })

const subjects: readonly Subject[] = [
  { name: '50 MP JPEG', width: 8160, height: 6144, encode: jpeg },
  { name: '108 MP JPEG', width: 12_000, height: 9000, encode: jpeg },
  { name: '200 MP JPEG', width: 16_320, height: 12_240, encode: jpeg },
  {
    name: '200 MP JPEG, turned',
    width: 16_320,
    height: 12_240,
    encode: (image) => jpeg(image.withMetadata({ orientation: 6 })),
  },
  held('JPEG, progressive', (image) => image.jpeg({ quality: 80, progressive: true })),
  held('JPEG, progressive, CMYK', (image) =>
    image.toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 80, progressive: true }),
  ),
  held('PNG, interlaced', (image) => image.png({ progressive: true, compressionLevel: 1 })),
  held('GIF', (image) => image.gif({ effort: 1 })),
  held('WebP, lossy', (image) => image.webp({ effort: 0 })),
  held('WebP, lossless', (image) => image.webp({ lossless: true, effort: 0 })),
  {
    name: '32 MP AVIF',
    width: 5700,
    height: 5700,
    encode: (image) => image.avif({ effort: 0 }),
  },
]

function held(kind: string, encode: Subject['encode']): Subject {
  return { name: `64 MP ${kind}`, width: 8000, height: 8000, encode }
}

export const part: Part = {
  what: 'CPU time and memory of one picture at its limit, in a new render process',
  measure: async () => {
    const pattern = await (await photo({ width: 2000, height: 1500 })).png().toBuffer()
    const bar = new ProgressBar('pictures', subjects.length)
    const rows: Row[] = []
    for (const subject of subjects) {
      rows.push(await measure(subject, pattern))
      bar.step()
    }
    bar.end()
    const memory = Math.max(
      ...rows.map((row) => Math.max(Number(row.MiB), Number(row['cut, MiB']))),
    )
    const bound = limits.memory / 1024 ** 2
    return {
      tables: [{ title: 'a new process for each picture', rows }],
      targets: [
        { what: 'MiB of the largest render process', value: memory, sense: 'at most', bound },
      ],
    }
  },
}

async function measure({ name, width, height, encode }: Subject, pattern: Buffer): Promise<Row> {
  const enlarged = sharp(pattern).resize(width, height, { kernel: 'nearest', fit: 'fill' })
  const file = await encode(enlarged).toBuffer()
  const centre = await costOf(file, { gravity: 'centre' })
  const shorter = Math.min(width, height)
  const place = { x: shorter / 2, y: shorter - 2 * CROP, width: CROP, height: CROP }
  const cut = await costOf(file, { crop: place })
  return {
    picture: name,
    'file, MB': file.length / 1e6,
    'CPU s': centre.seconds,
    MiB: centre.memory,
    'cut, CPU s': cut.seconds,
    'cut, MiB': cut.memory,
  }
}

/** Renders in a new process. `memory`: its peak, in MiB. */
async function costOf(file: Buffer, framing: Framing) {
  const metrics = new MetricsRegistry().create(workerMetrics)
  const others = childrenOf(process.pid)
  const renderer = await Renderer.start({ recipe, limits }, metrics)
  const pid = childrenOf(process.pid).find((child) => !others.includes(child)) ?? 0
  const before = cpuSeconds(pid)
  await renderer.render(file, framing)
  const seconds = cpuSeconds(pid) - before
  const memory = renderer.memory.peak / 1024 ** 2
  renderer.kill()
  return { seconds, memory }
}
