import { type Chromaticities, D50, rgbToPcs } from './chromaticities.ts'
import { type Matrix, type Triple, transpose } from './matrix.ts'
import type { Transfer } from './transfer.ts'

const HEADER_BYTES = 128
const CURVE_ENTRIES = 4096
/** ICC.1:2001-04 (version 2.4): lcms changes the black of version 4 profiles. */
const VERSION = 0x0240_0000

export type IccSpace = 'RGB ' | 'GRAY'
type Pcs = 'XYZ ' | 'Lab '
type Tag = readonly [signature: string, data: Buffer]

/** Makes a profile of an RGB space: a curve, then a matrix. */
export function matrixProfile(chromaticities: Chromaticities, transfer: Transfer): Buffer {
  return curvesProfile(rgbToPcs(chromaticities), curveTag(transfer))
}

/** Makes a profile of an RGB space.  @param curve a `curv` or `para` element, of all three channels */
export function curvesProfile(toPcs: Matrix, curve: Buffer): Buffer {
  const [red, green, blue] = transpose(toPcs)
  return writeProfile('XYZ ', [
    ['rXYZ', xyzTag(red)],
    ['gXYZ', xyzTag(green)],
    ['bXYZ', xyzTag(blue)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ])
}

/**
 * Makes a profile of an RGB space from any function: samples from 0 to 1 to Lab under D50. Between the points of the
 * grid the decoder interpolates.
 */
export function tableProfile(grid: number, toLab: (samples: Triple) => Triple): Buffer {
  return writeProfile('Lab ', [['A2B0', tableTag(grid, toLab)]])
}

/** ICC.1:2001-04, section 6.1: the header, a table of tags, and their data. Equal data are stored once. */
function writeProfile(pcs: Pcs, ownTags: readonly Tag[]): Buffer {
  const tags: Tag[] = [
    ['desc', DESCRIPTION],
    ['wtpt', xyzTag(D50)],
    ['cprt', COPYRIGHT],
    ...ownTags,
  ]
  const table = Buffer.alloc(4 + 12 * tags.length)
  table.writeUInt32BE(tags.length, 0)
  const data: Buffer[] = []
  const placed = new Map<Buffer, number>()
  let end = HEADER_BYTES + table.length
  tags.forEach(([signature, tag], i) => {
    if (!placed.has(tag)) {
      placed.set(tag, end)
      data.push(tag, Buffer.alloc(-tag.length & 3))
      end += tag.length + (-tag.length & 3)
    }
    table.write(signature, 4 + 12 * i, 'latin1')
    table.writeUInt32BE(placed.get(tag) ?? 0, 8 + 12 * i)
    table.writeUInt32BE(tag.length, 12 + 12 * i)
  })
  return Buffer.concat([writeHeader(end, pcs), table, ...data])
}

function writeHeader(size: number, pcs: Pcs): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(VERSION, 8)
  header.write(`mntrRGB ${pcs}`, 12, 'latin1')
  header.writeUInt16BE(2000, 24)
  header.writeUInt16BE(1, 26)
  header.writeUInt16BE(1, 28)
  header.write('acsp', 36, 'latin1')
  writeFixed(header, D50, 68)
  return header
}

/** s15Fixed16Number */
function writeFixed(into: Buffer, values: readonly number[], at: number): void {
  values.forEach((value, i) => {
    const limited = Math.min(Math.max(value, -32_768), 32_767)
    into.writeInt32BE(Math.round(limited * 65_536), at + 4 * i)
  })
}

function element(signature: string, length: number): Buffer {
  const data = Buffer.alloc(length)
  data.write(signature, 0, 'latin1')
  return data
}

function xyzTag(xyz: Triple): Buffer {
  const data = element('XYZ ', 20)
  writeFixed(data, xyz, 8)
  return data
}

function curveTag(transfer: Transfer): Buffer {
  const data = element('curv', 12 + 2 * CURVE_ENTRIES)
  data.writeUInt32BE(CURVE_ENTRIES, 8)
  for (let i = 0; i < CURVE_ENTRIES; i++)
    data.writeUInt16BE(toUint16(transfer(i / (CURVE_ENTRIES - 1))), 12 + 2 * i)
  return data
}

const toUint16 = (value: number) => Math.round(Math.min(Math.max(value, 0), 1) * 65_535)

/** ICC.1:2001-04, section 6.5.7 (lut16Type), with identity matrix and curves. The last channel varies fastest. */
function tableTag(grid: number, toLab: (samples: Triple) => Triple): Buffer {
  const identity = [0, 65_535]
  const clutAt = 52 + 12
  const data = element('mft2', clutAt + 6 * grid ** 3 + 12)
  data.set([3, 3, grid], 8)
  writeFixed(data, [1, 0, 0, 0, 1, 0, 0, 0, 1], 12)
  data.writeUInt16BE(identity.length, 48)
  data.writeUInt16BE(identity.length, 50)
  const curves = [...identity, ...identity, ...identity]
  let at = writeWords(data, curves, 52)
  const sample = (index: number) => index / (grid - 1)
  for (let r = 0; r < grid; r++)
    for (let g = 0; g < grid; g++)
      for (let b = 0; b < grid; b++)
        at = writeWords(data, encodeLab(toLab([sample(r), sample(g), sample(b)])), at)
  writeWords(data, curves, at)
  return data
}

function writeWords(into: Buffer, words: readonly number[], at: number): number {
  words.forEach((word, i) => {
    into.writeUInt16BE(word, at + 2 * i)
  })
  return at + 2 * words.length
}

/** ICC.1:2001-04, annex A: in a lut16Type FF00 is an L* of 100. */
function encodeLab([L, a, b]: Triple): Triple {
  const word = (value: number) => Math.round(Math.min(Math.max(value, 0), 65_535))
  return [word((L * 0xff00) / 100), word((a + 128) * 256), word((b + 128) * 256)]
}

/** ICC.1:2001-04, sections 6.5.17 and 6.5.18: required, and without a meaning here. */
const DESCRIPTION = Buffer.concat([element('desc', 8), Buffer.from([0, 0, 0, 1]), Buffer.alloc(79)])
const COPYRIGHT = element('text', 9)
