import { DamagedData } from './bits.ts'
import { MARKER } from './markers.ts'

/** A component of a frame. Blocks have 8 by 8 samples. */
export interface Component {
  readonly id: number
  /** Blocks of one MCU of a scan with more than one component. */
  readonly across: number
  readonly down: number
  /** Blocks that hold the component's own samples. */
  readonly columns: number
  readonly rows: number
  /** Blocks in a row of whole MCUs: at least `columns`. */
  readonly stride: number
  readonly blocks: number
  readonly quantisation: number
}

export interface Frame {
  readonly progressive: boolean
  readonly columns: number
  readonly rows: number
  readonly components: readonly Component[]
}

/** Blocks of a picture of 210 megapixels with four full components, and some for edges. */
const MAX_BLOCKS = 14_000_000

/**
 * Reads an SOF segment (ITU T.81, B.2.2) of 8-bit samples, sequential or progressive, with Huffman coding.
 * @returns undefined if it is of another kind or not valid
 */
export function readFrame(code: number, data: Buffer): Frame | undefined {
  const kinds: readonly number[] = [MARKER.baseline, MARKER.extended, MARKER.progressive]
  const count = data[5] ?? 0
  if (!kinds.includes(code) || data[0] !== 8 || count < 1 || count > 4) return undefined
  if (data.length !== 6 + 3 * count) return undefined
  const [height, width] = [data.readUInt16BE(1), data.readUInt16BE(3)]
  const factors = Array.from({ length: count }, (_, i) => factorsOf(data.subarray(6 + 3 * i)))
  if (width * height === 0 || !factors.every(isValid)) return undefined
  const [h, v] = [Math.max(...factors.map((f) => f.h)), Math.max(...factors.map((f) => f.v))]
  const [columns, rows] = [Math.ceil(width / (8 * h)), Math.ceil(height / (8 * v))]
  const components = factors.map((factor): Component => {
    const stride = columns * factor.h
    return {
      id: factor.id,
      across: factor.h,
      down: factor.v,
      columns: Math.ceil((width * factor.h) / (8 * h)),
      rows: Math.ceil((height * factor.v) / (8 * v)),
      stride,
      blocks: stride * rows * factor.v,
      quantisation: factor.quantisation,
    }
  })
  if (components.reduce((sum, { blocks }) => sum + blocks, 0) > MAX_BLOCKS) return undefined
  return { progressive: code === MARKER.progressive, columns, rows, components }
}

interface Factors {
  readonly id: number
  readonly h: number
  readonly v: number
  readonly quantisation: number
}

function factorsOf([id = 0, sampling = 0, quantisation = 0]: Buffer): Factors {
  return { id, h: sampling >> 4, v: sampling & 15, quantisation }
}

const isValid = ({ h, v }: Factors) => h >= 1 && h <= 4 && v >= 1 && v <= 4

/** Parameters of a scan (T.81, B.2.3). */
export interface Scan {
  readonly components: readonly ScanComponent[]
  readonly spectralStart: number
  readonly spectralEnd: number
  readonly approximationHigh: number
  readonly approximationLow: number
}

export interface ScanComponent {
  /** Index of the component in the frame. */
  readonly index: number
  readonly component: Component
  readonly dcTable: number
  readonly acTable: number
}

/** Most blocks of one MCU (T.81, B.2.3). */
const MAX_MCU_BLOCKS = 10

/** Reads an SOS segment. In a sequential frame a scan always has all coefficients.  @throws DamagedData */
export function readScan(data: Buffer, frame: Frame): Scan {
  const count = data[0] ?? 0
  if (count < 1 || count > 4 || data.length !== 4 + 2 * count) throw new DamagedData()
  const components = Array.from({ length: count }, (_, i): ScanComponent => {
    const [id, tables = 0] = data.subarray(1 + 2 * i)
    const index = frame.components.findIndex((component) => component.id === id)
    const component = frame.components[index]
    if (!component) throw new DamagedData()
    return { index, component, dcTable: tables >> 4, acTable: tables & 15 }
  })
  const blocks = components.reduce((sum, { component: c }) => sum + c.across * c.down, 0)
  const distinct = new Set(components.map(({ index }) => index)).size === count
  if (!distinct || (count > 1 && blocks > MAX_MCU_BLOCKS)) throw new DamagedData()
  const [start = 0, end = 0, approximation = 0] = data.subarray(1 + 2 * count)
  const spectrum = frame.progressive
    ? { spectralStart: start, spectralEnd: end }
    : { spectralStart: 0, spectralEnd: 63 }
  const shift = frame.progressive ? approximation : 0
  return {
    components,
    ...spectrum,
    approximationHigh: shift >> 4,
    approximationLow: shift & 15,
  }
}
