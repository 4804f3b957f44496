import type { Frame } from './animation.ts'
import {
  type Chunk,
  endOf,
  isAncillary,
  isSound,
  PNG_SIGNATURE,
  readChunks,
  writeChunk,
} from './chunks.ts'
import { readExifOrientation } from './exif.ts'
import { COLOUR_TYPE, type PngHeader } from './header.ts'
import { readPixelChunks } from './pixel-data.ts'
import { iccpChunk } from './profile.ts'

const IEND = writeChunk('IEND', Buffer.alloc(0))
const COLOUR_CHUNKS = new Set(['cICP', 'mDCV', 'cLLI', 'iCCP', 'sRGB', 'gAMA', 'cHRM'])
const ANIMATION_CHUNKS = new Set(['acTL', 'fcTL', 'fdAT'])
const READ_BY_LIBVIPS = new Set(['iCCP', 'tRNS', 'eXIf'])
/** PNG, section 5.4: four letters, the third one in upper case. */
const VALID_TYPE = /^[A-Za-z]{2}[A-Z][A-Za-z]$/

/** Bytes of 256 colours and their alpha. */
const MAX_PALETTE_GROWTH = 256 * 4

export interface HeaderChanges {
  /** Removes all colour chunks, and embeds `profile`. */
  readonly colours?: { readonly profile: Buffer | undefined }
  /** Replaces the picture by a frame of the animation. */
  readonly frame?: Frame
  readonly dropExif?: boolean
}

/** Writes what stands before the pixels so that libvips reads it as Chromium does. Copies only what has to change. */
export function rewritePng(png: Buffer, header: PngHeader, changes: HeaderChanges): Buffer {
  const edit = (chunk: Chunk) => editChunk(chunk, header, changes)
  const { colours, frame } = changes
  if (!colours && !frame && !needsEdit(png, header, edit)) return png
  const profile = colours?.profile
  return Buffer.concat([
    writeHeader(png, header, edit, profile ? iccpChunk(profile) : Buffer.alloc(0)),
    frame ? frameAsPicture(png, frame) : png.subarray(header.pixelsAt),
  ])
}

type Edit = (chunk: Chunk) => Buffer | 'keep' | 'drop'

function needsEdit(png: Buffer, { pixelsAt }: PngHeader, edit: Edit): boolean {
  for (const chunk of readChunks(png)) {
    if (chunk.at >= pixelsAt) return false
    if (edit(chunk) !== 'keep') return true
  }
  return false
}

/** `inserted` follows IHDR. No chunk but PLTE and tRNS becomes longer. */
function writeHeader(png: Buffer, header: PngHeader, edit: Edit, inserted: Buffer): Buffer {
  const out = Buffer.alloc(header.pixelsAt + inserted.length + MAX_PALETTE_GROWTH)
  let length = PNG_SIGNATURE.copy(out)
  for (const chunk of readChunks(png)) {
    if (chunk.at >= header.pixelsAt) break
    const change = edit(chunk)
    if (change === 'keep') length += png.copy(out, length, chunk.at, endOf(chunk))
    else if (change !== 'drop') length += change.copy(out, length)
    if (isIhdr(chunk)) length += inserted.copy(out, length)
  }
  return out.subarray(0, length)
}

function editChunk(
  chunk: Chunk,
  header: PngHeader,
  { colours, frame, dropExif }: HeaderChanges,
): Buffer | 'keep' | 'drop' {
  const { type, data } = chunk
  if (isIhdr(chunk)) return frame ? resizedIhdr(data, frame) : 'keep'
  const isFirst = chunk.at === header.chunks.get(type)?.at
  if (type === 'PLTE') return isFirst ? editPalette(data, header) : 'keep'
  if (!isAncillary(chunk)) return 'keep'
  if (!VALID_TYPE.test(type)) return 'drop'
  if (colours && COLOUR_CHUNKS.has(type)) return 'drop'
  if (frame && ANIMATION_CHUNKS.has(type)) return 'drop'
  // Of these, libvips reads the first, and Chromium the first sound one.
  if (!READ_BY_LIBVIPS.has(type)) return 'keep'
  if (!isFirst) return 'drop'
  if (type === 'tRNS') return editAlpha(data, header)
  if (type === 'eXIf') return dropExif || readExifOrientation(data) === 1 ? 'drop' : 'keep'
  return 'keep'
}

/** Chromium shows the last colour for an index behind it. libpng shows black. */
function editPalette(data: Buffer, header: PngHeader): Buffer | 'keep' {
  const entries = Math.floor(data.length / 3)
  const wanted = header.colourType === COLOUR_TYPE.palette ? countIndices(header) : entries
  if (entries === 0 || 3 * wanted === data.length || entries > wanted) return 'keep'
  return writeChunk('PLTE', extended(data.subarray(0, 3 * entries), 3 * wanted, 3))
}

/** Chromium ignores alpha of entries without a colour. libpng ignores such a chunk, as Chromium does above 256 entries. */
function editAlpha(data: Buffer, header: PngHeader): Buffer | 'keep' {
  const entries = Math.floor((header.chunks.get('PLTE')?.data.length ?? 0) / 3)
  const wanted = countIndices(header)
  if (header.colourType !== COLOUR_TYPE.palette || entries === 0 || data.length > 256) return 'keep'
  if (data.length < entries && data.length <= wanted) return 'keep'
  const known = Math.min(entries, wanted)
  return data.length === wanted && known === wanted
    ? 'keep'
    : writeChunk('tRNS', extended(data.subarray(0, known), wanted, 1))
}

const countIndices = ({ depth }: PngHeader) => 2 ** Math.min(depth, 8)

/** Repeats the last `step` bytes. */
function extended(data: Buffer, length: number, step: number): Buffer {
  const copy = Buffer.alloc(length, data.subarray(data.length - step))
  data.copy(copy)
  return copy
}

/** PNG, section 5.6: the first chunk. */
const isIhdr = ({ at }: Chunk) => at === PNG_SIGNATURE.length

function resizedIhdr(data: Buffer, { width, height }: Frame): Buffer {
  const resized = Buffer.from(data)
  resized.writeUInt32BE(width, 0)
  resized.writeUInt32BE(height, 4)
  return writeChunk('IHDR', resized)
}

/** Turns fdAT chunks into IDAT chunks. A damaged checksum stays wrong, and a cut file stays without an end. */
function frameAsPicture(png: Buffer, { at, sequence }: Frame): Buffer {
  const out = Buffer.alloc(png.length - at)
  let [length, end] = [0, at]
  for (const { data, at: start } of readPixelChunks(png, { type: 'fdAT', at, sequence })) {
    end = start + 16 + data.length
    const sound = isSound(png, { type: 'fdAT', data: png.subarray(start + 8, end - 4), at: start })
    length += writeChunk('IDAT', data).copy(out, length)
    if (!sound) out.writeUInt8(out.readUInt8(length - 1) ^ 0xff, length - 1)
  }
  const isWhole = end + 8 <= png.length && png.readUInt32BE(end) + end + 12 <= png.length
  return Buffer.concat([out.subarray(0, length), isWhole ? IEND : Buffer.alloc(0)])
}
