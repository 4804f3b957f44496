import { Readable } from 'node:stream'
import { constants, createDeflate, createInflateRaw } from 'node:zlib'
import { Adler32 } from './adler32.ts'

/** Data behind the last row that are read in search of the end of the stream. */
const MAX_EXTRA_BYTES = 64 * 1024
const MAX_RECOMPRESSED_BYTES = 64 * 1024 ** 2
const HEADER_BYTES = 2
/** RFC 1950, section 2.2: a window of 32 KiB, and a valid check. */
const HEADER = Buffer.from([0x78, 0x01])

/**
 * Writes a zlib stream anew that holds at least `length` bytes, with the right window and checksum. Holds the
 * compressed data only.
 * @returns undefined if the stream holds fewer bytes, or if its data are damaged
 */
export async function repairZlib(stream: Buffer, length: number): Promise<Buffer | undefined> {
  if (!hasReadableHeader(stream)) return undefined
  const deflated = stream.subarray(HEADER_BYTES)
  const found = await measure(deflated, length)
  if (!found || found.length < length) return undefined
  if (!found.end) return recompress(deflated, length)
  return Buffer.concat([HEADER, deflated.subarray(0, found.end), found.checksum])
}

/** RFC 1950, section 2.2: CM, CINFO, FCHECK and FDICT. Chromium refuses all that is wrong but the window's size. */
function hasReadableHeader(stream: Buffer): boolean {
  const [method = 0, flags = 0] = stream
  const isDeflate = (method & 0x0f) === 8 && method >> 4 <= 7
  return isDeflate && (method * 256 + flags) % 31 === 0 && (flags & 0x20) === 0
}

interface Measured {
  readonly length: number
  readonly checksum: Buffer
  /** Position behind the last block. Undefined if the stream may not end, or ends far behind the last row. */
  readonly end: number | undefined
}

async function measure(deflated: Buffer, expected: number): Promise<Measured | undefined> {
  const inflate = inflateTolerantly(deflated)
  const adler = new Adler32()
  let length = 0
  try {
    for await (const rows of inflate) {
      adler.update(rows)
      length += rows.length
      if (length > expected + MAX_EXTRA_BYTES)
        return { length, checksum: adler.digest(), end: undefined }
    }
  } catch {
    return undefined
  }
  // Bytes that inflate leaves behind prove that it reached the end of the last block.
  const end = inflate.bytesWritten < deflated.length ? inflate.bytesWritten : undefined
  return { length, checksum: adler.digest(), end }
}

/** Compresses the rows again, since the last block of the stream cannot be completed. */
async function recompress(deflated: Buffer, length: number): Promise<Buffer | undefined> {
  const deflate = Readable.from(firstBytes(deflated, length)).pipe(createDeflate({ level: 1 }))
  const parts: Buffer[] = []
  let size = 0
  for await (const part of deflate) {
    parts.push(part)
    size += part.length
    if (size > MAX_RECOMPRESSED_BYTES) return undefined
  }
  return Buffer.concat(parts)
}

async function* firstBytes(deflated: Buffer, length: number): AsyncGenerator<Buffer> {
  let left = length
  for await (const rows of inflateTolerantly(deflated)) {
    yield rows.subarray(0, left)
    left -= rows.length
    if (left <= 0) return
  }
}

/** Inflates data that may end within a block. */
function inflateTolerantly(deflated: Buffer) {
  const inflate = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 256 * 1024 })
  inflate.end(deflated)
  return inflate
}
