import { type Box, findBox, readBoxes } from './boxes.ts'
import { Fields } from './fields.ts'
import { findLocation } from './locations.ts'
import { readMeta } from './meta.ts'

interface Sample {
  readonly offset: number
  readonly length: number
}

export function hasMovie(file: Buffer): boolean {
  return findTopLevel(file, 'moov') !== undefined
}

/**
 * Makes the primary item of an animation its first frame, in place: Chromium shows the track, and libvips the primary
 * item. Most encoders use the same data for both.
 */
export function showFirstFrame(file: Buffer): void {
  try {
    const moov = findTopLevel(file, 'moov')
    const meta = findTopLevel(file, 'meta')
    const sample = moov && firstSample(moov.data)
    const iloc = meta && findBox(meta.data, 'iloc', 4)
    if (!sample || !iloc || sample.offset + sample.length > file.length) return
    const location = findLocation(iloc.data, readMeta(file).primary)
    location?.write(sample.offset, sample.length)
  } catch {
    // The decoder judges what cannot be read.
  }
}

/** Brands of animations, and those of still pictures that take their place. */
const STILL_BRANDS: ReadonlyMap<string, string> = new Map([
  ['avis', 'avif'],
  ['msf1', 'mif1'],
])

/** Makes an animation a still picture, in place: its major brand is `avif`, and its track is no longer read. */
export function hideMovie(file: Buffer): Buffer {
  const moov = findTopLevel(file, 'moov')
  if (moov) file.write('free', typeAt(file, moov), 'latin1')
  const ftyp = findTopLevel(file, 'ftyp')?.data ?? Buffer.alloc(0)
  for (let at = 8; at + 4 <= Math.min(ftyp.length, MAX_BRANDS); at += 4)
    ftyp.write(STILL_BRANDS.get(ftyp.toString('latin1', at, at + 4)) ?? '', at, 'latin1')
  if (ftyp.length >= 4) ftyp.write('avif', 0, 'latin1')
  return file
}

/** Bytes of the `ftyp` box that are looked at. */
const MAX_BRANDS = 1024

/** Returns undefined if the boxes of the file are damaged. */
function findTopLevel(file: Buffer, type: string): Box | undefined {
  try {
    return findBox(file, type)
  } catch {
    return undefined
  }
}

/** A box of 64 bits has its length between its type and its content. */
const typeAt = (file: Buffer, { at, type }: Box) =>
  file.toString('latin1', at - 4, at) === type ? at - 4 : at - 12

/** Returns the first sample of the first track of pictures that is not auxiliary, such as transparency. */
function firstSample(moov: Buffer): Sample | undefined {
  for (const { type, data } of readBoxes(moov)) {
    if (type !== 'trak' || isAuxiliary(data)) continue
    const stbl = find(data, 'mdia', 'minf', 'stbl')
    const sample = stbl && sampleOf(stbl.data)
    if (sample) return sample
  }
  return undefined
}

function isAuxiliary(trak: Buffer): boolean {
  const handler = find(trak, 'mdia', 'hdlr')?.data.toString('latin1', 8, 12)
  const references = findBox(trak, 'tref')
  return handler !== 'pict' || (!!references && findBox(references.data, 'auxl') !== undefined)
}

function find(parent: Buffer, ...path: string[]): Box | undefined {
  let box: Box | undefined
  for (const type of path) {
    box = findBox(box?.data ?? parent, type)
    if (!box) return undefined
  }
  return box
}

/** ISO/IEC 14496-12, sections 8.7.3 and 8.7.5: the first chunk begins with the first sample. */
function sampleOf(stbl: Buffer): Sample | undefined {
  const [sizes, chunks, long] = ['stsz', 'stco', 'co64'].map((type) => findBox(stbl, type)?.data)
  const chunk = chunks ?? long
  if (!sizes || !chunk) return undefined
  const [size, offset] = [new Fields(sizes.subarray(4)), new Fields(chunk.subarray(8))]
  const same = size.uint(4)
  size.uint(4)
  return { offset: offset.uint(chunks ? 4 : 8), length: same || size.uint(4) }
}
