import { DamagedData } from './bits.ts'
import { type Frame, readFrame, readScan } from './frame.ts'
import { type HuffmanTables, readHuffmanTables } from './huffman.ts'
import {
  isFrame,
  isRestart,
  MARKER,
  readHeader,
  readSegment,
  type Segment,
  writeSegment,
} from './markers.ts'
import { Output } from './output.ts'
import { copyScanData } from './scan-data.ts'
import { mendSideSegment } from './side-segments.ts'
import { Progress, ScanWalker } from './walk.ts'

const START_LENGTH = 2
const END_LENGTH = 2

/**
 * Rewrites a JPEG without the faults that cost no pixel. Chromium (libjpeg-turbo) passes these faults silently:
 * - bytes between segments, before restart markers and before the end marker
 * - spectral parameters of a sequential scan
 * - unknown versions and codes in the JFIF and Adobe segments
 * - a missing end marker
 *
 * Reads all entropy-coded data, in time linear in the size of the file and of the picture.
 * @returns undefined if a bit of a coefficient is missing or damaged, or if the file is no Huffman-coded JPEG of 8 bits
 */
export function repairJpeg(bytes: Buffer): Buffer | undefined {
  const segment = [...readHeader(bytes)].find(({ code }) => isFrame(code))
  const frame = segment && readFrame(segment.code, segment.data)
  if (!frame) return undefined
  try {
    const output = new Output(bytes.length + END_LENGTH)
    output.marker(MARKER.startOfImage)
    copyMended(bytes, frame, output)
    output.marker(MARKER.endOfImage)
    return output.bytes
  } catch (error) {
    if (error instanceof DamagedData) return undefined
    throw error
  }
}

/** State that segments change and scans use. */
interface Decoder {
  readonly frame: Frame
  readonly progress: Progress
  readonly tables: HuffmanTables
  /** Units of a scan between restart markers. 0: there are no restart markers. */
  restartInterval: number
  frames: number
}

/** @throws DamagedData */
function copyMended(bytes: Buffer, frame: Frame, output: Output): void {
  const progress = new Progress(frame)
  const decoder: Decoder = { frame, progress, tables: new Map(), restartInterval: 0, frames: 0 }
  for (let at = START_LENGTH; !isDone(decoder); ) {
    const segment = readSegment(bytes, at)
    if (!segment || segment.code === MARKER.endOfImage) break
    if (segment.code === MARKER.startOfScan) at = copyScan(bytes, segment, decoder, output)
    else {
      output.write(mendSegment(segment, decoder))
      at = segment.to
    }
  }
  if (!progress.isComplete) throw new DamagedData()
}

/** A progressive picture can have more scans than it needs: libjpeg reads them all. */
const isDone = ({ frame, progress }: Decoder) => !frame.progressive && progress.isComplete

/** Returns the position after the scan's data. */
function copyScan(bytes: Buffer, { data, to }: Segment, decoder: Decoder, output: Output): number {
  const { frame, progress, tables, restartInterval } = decoder
  const scan = readScan(data, frame)
  progress.record(scan)
  output.write(writeSegment(MARKER.startOfScan, scanHeader(data, frame)))
  return copyScanData(
    bytes,
    to,
    new ScanWalker(frame, scan, tables, progress),
    restartInterval,
    output,
  )
}

const NOTHING = Buffer.alloc(0)

/** Applies a segment to the decoder.  @throws DamagedData if libjpeg would not read it */
function mendSegment(segment: Segment, decoder: Decoder): Buffer {
  const { code, data } = segment
  if (isRestart(code) || code === MARKER.temporary || code === MARKER.numberOfLines) return NOTHING
  if ((code >= MARKER.app0 && code <= MARKER.appLast) || code === MARKER.comment)
    return mendSideSegment(segment, decoder.frame.components.length) ?? NOTHING
  if (code === MARKER.huffmanTables) readHuffmanTables(data, decoder.tables)
  else if (code === MARKER.restartInterval && data.length === 2)
    decoder.restartInterval = data.readUInt16BE(0)
  else if (isFrame(code) && decoder.frames === 0) decoder.frames++
  else if (code !== MARKER.quantisationTables) throw new DamagedData()
  return writeSegment(code, data)
}

/** Returns the header of a scan. A sequential frame has all coefficients in one scan (ITU T.81, table B.3). */
function scanHeader(data: Buffer, { progressive }: Frame): Buffer {
  if (progressive) return data
  return Buffer.concat([data.subarray(0, -3), Buffer.from([0, 63, 0])])
}
