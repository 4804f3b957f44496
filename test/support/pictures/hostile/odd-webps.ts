import { flat, of } from '../pictures.ts'
import { type Odd, RED } from './odd.ts'
import {
  animationFrame,
  animationHeader,
  extendedHeader,
  FLAGS,
  riffChunk,
  riffChunks,
  webpFile,
} from './webp.ts'

const picture = () => of(flat(64, 64, RED))
const chunk = (file: Buffer, name: string) =>
  riffChunk(name, riffChunks(file).find((one) => one.name === name)?.data ?? Buffer.alloc(0))
const lossy = async () => chunk(await picture().webp().toBuffer(), 'VP8 ')
const lossless = async () => chunk(await picture().webp({ lossless: true }).toBuffer(), 'VP8L')
const alpha = async () => chunk(await picture().ensureAlpha(0.5).webp().toBuffer(), 'ALPH')

const exif = riffChunk('EXIF', Buffer.from('not TIFF'))
const unknown = riffChunk('what', Buffer.from('odd'))
const extended = extendedHeader(64, 64)
const animated = extendedHeader(64, 64, FLAGS.animated)
const frame = async () => animationFrame(64, 64, await lossy())

const red = (name: string, make: Odd['make']): Odd => ({ name, make, shows: RED })
const corrupt = (name: string, make: Odd['make']): Odd => ({ name, make, refused: ['corrupt'] })

export const soundWebps: readonly Odd[] = [
  red('lossy', async () => webpFile(await lossy())),
  red('lossless', async () => webpFile(await lossless())),
  red('an extended header for nothing', async () => webpFile(extended, await lossy())),
  red('flags for what is not there', async () =>
    webpFile(extendedHeader(64, 64, 0x3c), await lossy()),
  ),
  red('metadata before its pixels', async () =>
    webpFile(extendedHeader(64, 64, FLAGS.exif), exif, await lossy()),
  ),
  red('an unknown chunk before its pixels', async () => webpFile(extended, unknown, await lossy())),
  red('an unknown chunk after its pixels', async () => webpFile(extended, await lossy(), unknown)),
  red('metadata without an extended header', async () => webpFile(await lossy(), exif)),
  red('one frame', async () => webpFile(animated, animationHeader(), await frame())),
  red('an animation', async () =>
    webpFile(animated, animationHeader(), await frame(), await frame()),
  ),
]

export const unsoundWebps: readonly Odd[] = [
  corrupt('a canvas of another size than its picture', async () =>
    webpFile(extendedHeader(128, 64), await lossy()),
  ),
  corrupt('its alpha behind its colours', async () =>
    webpFile(extendedHeader(64, 64, FLAGS.alpha), await lossy(), await alpha()),
  ),
  corrupt('two pictures', async () => webpFile(extended, await lossy(), await lossy())),
  corrupt('a frame that lies outside', async () =>
    webpFile(extendedHeader(32, 32, FLAGS.animated), animationHeader(), await frame()),
  ),
  corrupt('an animation without a frame', () => webpFile(animated, animationHeader())),
  corrupt('a length that ends within its pixels', async () => withLength(-20)),
  { name: 'a length past its end', make: () => withLength(100), refused: ['truncated'] },
]

async function withLength(more: number): Promise<Buffer> {
  const file = webpFile(await lossy())
  file.writeUInt32LE(file.length - 8 + more, 4)
  return file
}
