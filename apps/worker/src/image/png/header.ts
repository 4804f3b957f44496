import { type Chunk, endOf, isSound, PNG_SIGNATURE, readChunks } from './chunks.ts'

/** PNG, section 11.2.1 (table 12). */
export const COLOUR_TYPE = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgba: 6 } as const

/** What stands before the pixels of a PNG. */
export interface PngHeader {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colourType: number
  readonly interlaced: boolean
  /** The first chunk of each type that the browser reads. Sound, unless `essential`. */
  readonly chunks: ReadonlyMap<string, Chunk>
  /** Position of the first IDAT chunk, or of the end of the file. */
  readonly pixelsAt: number
}

type Test = (data: Buffer) => boolean
const hasLength =
  (length: number): Test =>
  (data) =>
    data.length === length

/** A chunk that fails its test is ignored. */
const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['PLTE', () => true],
  ['tRNS', () => true],
  ['cICP', hasLength(4)],
  ['mDCV', hasLength(24)],
  ['cLLI', hasLength(8)],
  ['iCCP', () => true],
  ['sRGB', (data) => data.length === 1 && data.readUInt8(0) <= 3],
  ['gAMA', hasLength(4)],
  ['cHRM', hasLength(32)],
  ['eXIf', () => true],
  ['acTL', hasLength(8)],
  ['fcTL', () => true],
  ['fdAT', () => true],
])

/** Chunks without which Chromium shows nothing if their checksum is wrong. */
const essential = new Set(['PLTE', 'fcTL', 'fdAT'])

/** Returns undefined if the file does not begin with a sound IHDR chunk. */
export function readPngHeader(png: Buffer): PngHeader | undefined {
  const chunks = new Map<string, Chunk>()
  let pixelsAt = PNG_SIGNATURE.length
  let ihdr: Chunk | undefined
  for (const chunk of readChunks(png)) {
    ihdr ??= chunk
    if (chunk.type === 'IDAT') break
    pixelsAt = endOf(chunk)
    const test = tests.get(chunk.type)
    if (!test || chunks.has(chunk.type) || !test(chunk.data)) continue
    if (essential.has(chunk.type) || isSound(png, chunk)) chunks.set(chunk.type, chunk)
  }
  if (ihdr?.type !== 'IHDR' || ihdr.data.length !== 13 || !isSound(png, ihdr)) return undefined
  const { data } = ihdr
  return {
    width: data.readUInt32BE(0),
    height: data.readUInt32BE(4),
    depth: data.readUInt8(8),
    colourType: data.readUInt8(9),
    interlaced: data.readUInt8(12) === 1,
    chunks,
    pixelsAt,
  }
}

export const isGrey = ({ colourType }: PngHeader): boolean =>
  colourType === COLOUR_TYPE.grey || colourType === COLOUR_TYPE.greyAlpha
