/** One part of a picture's file: a segment, a chunk. */
export interface Part {
  readonly name: string
  readonly data: Buffer
}

type Reader = (file: Buffer) => Part[]

/** Every byte of a file as the parts that its format says it has. @throws where any byte belongs to none */
export const partsOf: Readonly<Record<string, Reader>> = {
  jpeg: jpegParts,
  webp: webpParts,
  png: pngParts,
}

const [SOI, EOI, SOS] = [0xd8, 0xd9, 0xda]
const PREFIX = 0xff

/** ITU T.81, annex B. The data of a scan belongs to its header; its restart markers belong to the data. */
function jpegParts(file: Buffer): Part[] {
  if (file.readUInt16BE(0) !== (PREFIX << 8) + SOI) throw new Error('this is no JPEG')
  const parts: Part[] = []
  for (let at = 2; ; ) {
    if (file[at] !== PREFIX) throw new Error(`no marker at ${at}`)
    const marker = file.readUInt8(at + 1)
    if (marker === EOI) {
      expectEnd(file, at + 2)
      return parts
    }
    const end = at + 2 + file.readUInt16BE(at + 2)
    parts.push({ name: marker.toString(16), data: file.subarray(at + 4, end) })
    at = marker === SOS ? afterScan(file, end) : end
  }
}

function afterScan(file: Buffer, from: number): number {
  for (let at = file.indexOf(PREFIX, from); at >= 0; at = file.indexOf(PREFIX, at + 2)) {
    const next = file.readUInt8(at + 1)
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return at
  }
  throw new Error('this scan has no end')
}

/** RFC 9649: chunks, each of an even length in the file; those of an animation's frame are not opened. */
function webpParts(file: Buffer): Part[] {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WEBP')
    throw new Error('this is no WebP')
  expectEnd(file, file.readUInt32LE(4) + 8)
  const parts: Part[] = []
  let at = 12
  while (at < file.length) {
    const end = at + 8 + file.readUInt32LE(at + 4)
    parts.push({ name: file.toString('latin1', at, at + 4), data: file.subarray(at + 8, end) })
    at = end + ((end - at) % 2)
  }
  expectEnd(file, at)
  return parts
}

/** ISO/IEC 15948, section 5.3. */
function pngParts(file: Buffer): Part[] {
  if (file.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') throw new Error('this is no PNG')
  const parts: Part[] = []
  let at = 8
  while (at < file.length) {
    const end = at + 8 + file.readUInt32BE(at)
    parts.push({ name: file.toString('latin1', at + 4, at + 8), data: file.subarray(at + 8, end) })
    at = end + 4
  }
  expectEnd(file, at)
  if (parts.at(-1)?.name !== 'IEND') throw new Error('this PNG has no end')
  return parts
}

function expectEnd(file: Buffer, at: number): void {
  if (at !== file.length) throw new Error(`the file has ${file.length} bytes, and its parts ${at}`)
}
