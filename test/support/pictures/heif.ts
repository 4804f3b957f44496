/** Files of ISO/IEC 23008-12, made box by box. */

export const box = (type: string, ...content: Buffer[]): Buffer => {
  const data = Buffer.concat(content)
  const header = Buffer.alloc(8, type.padStart(8), 'latin1')
  header.writeUInt32BE(data.length + 8)
  return Buffer.concat([header, data])
}

export const u8 = (...values: number[]) => Buffer.from(values)
export const u16 = (...values: number[]) =>
  Buffer.concat(values.map((value) => u8((value >> 8) & 255, value & 255)))
export const u32 = (...values: number[]) =>
  Buffer.concat(values.map((value) => u16(Math.floor(value / 65_536), value % 65_536)))

const fullBox = (type: string, version: number, ...content: Buffer[]) =>
  box(type, u8(version, 0, 0, 0), ...content)

export interface HeifItem {
  readonly type: string
  readonly data: Buffer
  /** Boxes, in the order in which they apply. */
  readonly properties?: readonly Buffer[]
}

export interface HeifFile {
  readonly brands?: readonly string[]
  /** Item ids are positions in this list, counted from 1. */
  readonly items: readonly HeifItem[]
  readonly primary?: number
  readonly references?: readonly { type: string; from: number; to: readonly number[] }[]
}

export const ispe = (width: number, height: number) => fullBox('ispe', 0, u32(width, height))
export const irot = (turns: number) => box('irot', u8(turns))
export const imir = (axis: number) => box('imir', u8(axis))
/** Offsets are twice the distance between the centres. */
export const clap = (width: number, height: number, twiceX: number, twiceY: number) =>
  box('clap', u32(width, 1, height, 1, twiceX >>> 0, 2, twiceY >>> 0, 2))
export const nclx = (primaries: number, transfer: number, matrix: number, full = true) =>
  box('colr', Buffer.from('nclx'), u16(primaries, transfer, matrix), u8(full ? 0x80 : 0))
export const icc = (profile: Buffer) => box('colr', Buffer.from('prof'), profile)

/** The data of a `grid` item: rows and columns of tiles, and the size of the picture. */
export const grid = (rows: number, columns: number, width: number, height: number) =>
  Buffer.concat([u8(0, 1, rows - 1, columns - 1), u32(width, height)])

export function heif({ brands = ['heic', 'mif1'], items, ...file }: HeifFile): Buffer {
  const [major = '', ...rest] = brands
  const ftyp = box('ftyp', Buffer.from(major), u32(0), Buffer.from([major, ...rest].join('')))
  const meta = (start: number) => metaBox(items, start, file)
  const start = ftyp.length + meta(0).length + 8
  return Buffer.concat([ftyp, meta(start), box('mdat', ...items.map(({ data }) => data))])
}

function metaBox(items: readonly HeifItem[], start: number, file: Omit<HeifFile, 'items'>): Buffer {
  const { primary = 1, references = [] } = file
  return fullBox(
    'meta',
    0,
    fullBox('hdlr', 0, u32(0), Buffer.from('pict'), u32(0, 0, 0), u8(0)),
    fullBox('pitm', 0, u16(primary)),
    ilocBox(items, start),
    fullBox('iinf', 0, u16(items.length), ...items.map(infeBox)),
    fullBox('iref', 0, ...references.map(referenceBox)),
    iprpBox(items),
  )
}

function ilocBox(items: readonly HeifItem[], start: number): Buffer {
  let offset = start
  const entries = items.map(({ data }, i) => {
    const entry = Buffer.concat([u16(i + 1, 0, 1), u32(offset, data.length)])
    offset += data.length
    return entry
  })
  return fullBox('iloc', 0, u8(0x44, 0), u16(items.length), ...entries)
}

const infeBox = ({ type }: HeifItem, i: number) =>
  fullBox('infe', 2, u16(i + 1, 0), Buffer.from(`${type}\0`))

const referenceBox = ({ type, from, to }: { type: string; from: number; to: readonly number[] }) =>
  box(type, u16(from, to.length), u16(...to))

/** Equal properties are written once: libheif reads at most 100. */
function iprpBox(items: readonly HeifItem[]): Buffer {
  const properties = new Map<string, Buffer>()
  for (const one of items.flatMap((item) => item.properties ?? []))
    properties.set(one.toString('latin1'), one)
  const names = [...properties.keys()]
  const entries = items.map(({ properties: own = [] }, i) => {
    const indexes = own.map((one) => names.indexOf(one.toString('latin1')) + 1)
    return Buffer.concat([u16(i + 1), u8(own.length), u16(...indexes)])
  })
  const ipma = Buffer.concat([u8(0, 0, 0, 1), u32(items.length), ...entries])
  return box('iprp', box('ipco', ...properties.values()), box('ipma', ipma))
}
