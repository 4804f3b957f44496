import { MARKER, type Segment, writeSegment } from './markers.ts'

const KEPT: readonly number[] = [MARKER.app0, MARKER.app1, MARKER.app2, MARKER.app14]

/**
 * Returns an application segment or comment as libjpeg-turbo understands it, or nothing if the pixels do not depend
 * on it.
 * @param components number of components of the frame
 */
export function mendSideSegment({ code, data }: Segment, components: number): Buffer | undefined {
  if (!KEPT.includes(code)) return undefined
  if (code === MARKER.app0) return writeSegment(code, mendJfif(data))
  if (code === MARKER.app14) return writeSegment(code, mendAdobe(data, components))
  return writeSegment(code, data)
}

/** JFIF 1.02: version 1 is the only one. */
function mendJfif(data: Buffer): Buffer {
  if (data.length < 14 || data.toString('latin1', 0, 5) !== 'JFIF\0' || data[5] === 1) return data
  const mended = Buffer.from(data)
  mended[5] = 1
  return mended
}

const ADOBE = { length: 12, transform: 11 }

export const isAdobe = ({ code, data }: Segment) =>
  code === MARKER.app14 && data.length >= ADOBE.length && data.toString('latin1', 0, 5) === 'Adobe'

/** libjpeg-turbo, `default_decompress_parms`: an unknown code means YCbCr of three components and YCCK of four. */
function mendAdobe(data: Buffer, components: number): Buffer {
  const transform = data[ADOBE.transform]
  const known = components === 4 ? [0, 2] : [0, 1]
  if (!isAdobe({ code: MARKER.app14, data, from: 0, to: 0 }) || known.includes(transform ?? 0))
    return data
  const mended = Buffer.from(data)
  mended[ADOBE.transform] = known[1] ?? 1
  return mended
}

/** Says that four components are inverted CMYK. */
export function adobeCmyk(): Buffer {
  return writeSegment(MARKER.app14, Buffer.from('Adobe\0\x64\0\0\0\0\0', 'latin1'))
}
