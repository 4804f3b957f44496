import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { recipe } from '@visage/shared/avatar/recipe'
import sharp, { type OverlayOptions } from 'sharp'
import { openPixels, type Pixels } from '../../apps/worker/src/image/decode.ts'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import type { Rendered } from '../../apps/worker/src/image/rendered.ts'
import { centreSquare } from '../support/centre-square.ts'
import { candidates } from './candidates.ts'
import { likeness } from './likeness.ts'

/** Draws docs/images/variants.png: `npx tsx --conditions=source bench/settings/figure.ts`. */
const SAMPLE = readFileSync(new URL('../../docs/sample.jpg', import.meta.url))
const FILE = fileURLToPath(new URL('../../docs/images/variants.png', import.meta.url))

const PAPER = { width: 1568, height: 1150, channels: 3, background: '#ffffff' } as const
const [GAP, TOP] = [24, 64]
const SENT = { width: 400, height: 300 }

/** The enlarged region of the 512 square, and the factor. */
const DETAIL = { left: 190, top: 160, width: 115, height: 115 }
const ZOOM = 3

const SHOWN = [
  ['webp', 'quality 80, effort 4'],
  ['jpeg', 'quality 82, plain, 4:2:0'],
  ['avif', 'quality 60, effort 0'],
] as const

/** A picture or lines of text, with the position of its upper left corner. */
type Item = OverlayOptions

const rendered = await render(SAMPLE, recipe, limits)
mkdirSync(new URL('../../docs/images/', import.meta.url), { recursive: true })
const items = [...(await variants(rendered)), ...(await details())]
await sharp({ create: PAPER }).composite(items).png({ compressionLevel: 9 }).toFile(FILE)

async function variants({ variants, source, color }: Rendered): Promise<Item[]> {
  const sent = await sharp(SAMPLE).resize(SENT).png().toBuffer()
  const about = [`sent: ${source.width} × ${source.height}`, kilobytes('JPEG', SAMPLE)]
  const items: Item[] = [
    title('What comes in (here made smaller), and what comes out, pixel for pixel', GAP, 30),
    { input: sent, left: GAP, top: TOP },
    { input: cut(source), left: GAP, top: TOP },
    text([...about, `dominant colour ${color}`], GAP, TOP + SENT.height),
  ]
  let left = 2 * GAP + SENT.width
  for (const size of recipe.sizes) {
    const own = variants.filter((variant) => variant.size === size)
    const lines = own.map(({ format, data }) =>
      kilobytes(format === 'webp' ? 'WebP' : 'JPEG', data),
    )
    const shown = own.find(({ format }) => format === 'webp')
    if (shown) items.push({ input: shown.data, left, top: TOP })
    items.push(text([`${size} × ${size}`, ...lines], left, TOP + size))
    left += size + GAP
  }
  return items
}

/** Dims the parts that the square crop removes on the left and right. */
function cut({ width, height }: { width: number; height: number }): Buffer {
  const side = ((width - height) / 2 / width) * SENT.width
  const strip = (x: number) =>
    `<rect x="${x}" width="${side}" height="100%" fill="#fff" fill-opacity=".6"/>`
  return svg(SENT.width, SENT.height, strip(0) + strip(SENT.width - side))
}

async function details(): Promise<Item[]> {
  const square = await centreSquare(SAMPLE, 512)
  const lossless = await openPixels(square).png().toBuffer()
  const tiles = [{ lines: ['decoded, nothing lost'], file: lossless }]
  for (const [format, settings] of SHOWN) {
    const candidate = candidates.find((c) => c.format === format && c.settings === settings)
    if (!candidate) throw new Error(`no candidate is called ${format} ${settings}`)
    const file = await candidate.encode(openPixels(square)).toBuffer()
    tiles.push({ lines: [`${format}, ${settings}`, await describe(file, square)], file })
  }
  const top = TOP + 512 + 150
  const heading = title(`A part of the 512, ${ZOOM} times as large`, GAP, top - 34)
  const drawn = tiles.map(({ lines, file }, i) => detail(lines, file, i, top))
  return [heading, ...(await Promise.all(drawn)).flat()]
}

async function detail(lines: string[], file: Buffer, index: number, top: number): Promise<Item[]> {
  const side = DETAIL.width * ZOOM
  const left = GAP + index * (side + GAP)
  const part = sharp(file).extract(DETAIL).resize(side, side, { kernel: 'nearest' })
  return [{ input: await part.png().toBuffer(), left, top }, text(lines, left, top + side)]
}

async function describe(file: Buffer, square: Pixels): Promise<string> {
  const { ssim } = await likeness(file, square)
  return `${kilobytes('', file)}, SSIM ${ssim.toFixed(3)}`.trim()
}

function kilobytes(what: string, { length }: Buffer): string {
  return `${what} ${(length / 1000).toFixed(1)} KB`.trim()
}

function title(line: string, left: number, baseline: number): Item {
  const words = `<text y="24" font-size="22" font-weight="bold" fill="#222">${line}</text>`
  return { input: svg(1000, 34, words), left, top: baseline - 24 }
}

function text(lines: readonly string[], left: number, top: number): Item {
  const spans = lines.map((line, i) => `<text y="${22 + 21 * i}" fill="#333">${line}</text>`)
  return { input: svg(360, 22 + 21 * lines.length, spans.join('')), left, top }
}

function svg(width: number, height: number, content: string): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width)}" height="${Math.round(height)}" font-family="DejaVu Sans, sans-serif" font-size="15">${content}</svg>`,
  )
}
