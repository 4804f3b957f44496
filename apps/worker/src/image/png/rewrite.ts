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
/** PNG, section 5.4: four letters, the third one in upper case. */
const VALID_TYPE = /^[A-Za-z]{2}[A-Z][A-Za-z]$/

export interface HeaderChanges {
  /** Removes all colour chunks, and embeds `profile`. */
  readonly colours?: { readonly profile: Buffer | undefined }
  /** Replaces the picture by a frame of the animation. */
  readonly frame?: Frame
  readonly dropExif?: boolean
}

/** Writes what stands before the pixels so that libvips reads it as Chromium does. Copies only what has to change. */
export function rewritePng(png: Buffer, header: PngHeader, changes: HeaderChanges): Buffer {
  const edit = (chunk: Chunk) => editChunk(png, chunk, header, changes)
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

/** No chunk becomes longer, so the result has room for all of them and for `inserted`, which follows IHDR. */
function writeHeader(png: Buffer, header: PngHeader, edit: Edit, inserted: Buffer): Buffer {
  const out = Buffer.alloc(header.pixelsAt + inserted.length)
  let length = PNG_SIGNATURE.copy(out)
  for (const chunk of readChunks(png)) {
    if (chunk.at >= header.pixelsAt) break
    const change = edit(chunk)
    if (change === 'keep') length += png.copy(out, length, chunk.at, endOf(chunk))
    else if (change !== 'drop') length += change.copy(out, length)
    if (chunk.type === 'IHDR') length += inserted.copy(out, length)
  }
  return out.subarray(0, length)
}

function editChunk(
  png: Buffer,
  chunk: Chunk,
  header: PngHeader,
  { colours, frame, dropExif }: HeaderChanges,
): Buffer | 'keep' | 'drop' {
  const { type, data } = chunk
  if (type === 'IHDR') return frame ? resizedIhdr(data, frame) : 'keep'
  if (type === 'PLTE') return truncated(chunk, data.length - (data.length % 3))
  if (!isAncillary(chunk)) return 'keep'
  if (!VALID_TYPE.test(type)) return 'drop'
  if (colours && COLOUR_CHUNKS.has(type)) return 'drop'
  if (frame && ANIMATION_CHUNKS.has(type)) return 'drop'
  if (type === 'eXIf')
    return dropExif || !isSound(png, chunk) || readExifOrientation(data) === 1 ? 'drop' : 'keep'
  if (type === 'tRNS')
    return isSound(png, chunk) ? truncated(chunk, alphaEntries(data, header)) : 'drop'
  return 'keep'
}

const truncated = ({ type, data }: Chunk, length: number) =>
  length < data.length ? writeChunk(type, data.subarray(0, length)) : 'keep'

/** Chromium ignores entries without a colour. libpng ignores the whole chunk, as Chromium does above 256 entries. */
function alphaEntries(data: Buffer, { colourType, chunks }: PngHeader): number {
  const palette = chunks.get('PLTE')
  if (colourType !== COLOUR_TYPE.palette || !palette || data.length > 256) return data.length
  return Math.floor(palette.data.length / 3)
}

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
