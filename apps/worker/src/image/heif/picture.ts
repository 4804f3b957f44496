import { Rejection } from '@visage/shared/errors/app-error'
import { checkAccessUnit } from './access-unit.ts'
import type { Box } from './boxes.ts'
import { checkTiles, readGrid } from './grid.ts'
import { readItem } from './item-data.ts'
import type { Meta } from './meta.ts'
import { isShown, type Tile } from './place.ts'
import { type CodedSize, readSizeOfHvcc, type Size } from './sps.ts'
import { type Placement, placementOf } from './transforms.ts'

/** What the header says of the primary picture of a HEIC. */
export interface HeicPicture {
  readonly placement: Placement
  /** The tiles that are shown at least in part. */
  readonly tiles: readonly Tile[]
  /** True if another item has the transparency of the primary item. */
  readonly alpha: boolean
  /** Properties of the primary item, then of its first tile. */
  readonly properties: readonly Box[]
}

/** Pixels by which a coded side may exceed the shown one: encoders fill blocks of at most 64 pixels. */
const MAX_PADDING = 128

/** Pixels of one tile. The decoder takes up to 10 bytes for each, besides the picture itself. */
export const MAX_TILE_PIXELS = 32_000_000

/** @throws Error, or Rejection if the file ends before the picture does */
export function readPicture(file: Buffer, meta: Meta): HeicPicture {
  const { primary, types, properties } = meta
  const own = properties.get(primary) ?? []
  if (!['hvc1', 'grid'].includes(types.get(primary) ?? 'hvc1'))
    throw new Rejection(
      'unsupported_format',
      'This HEIF file is not encoded with HEVC; send a JPEG',
    )
  const [size, tiles] =
    types.get(primary) === 'grid' ? readTiles(file, meta) : readSingle(file, meta)
  const alpha = hasAlpha(file, meta)
  const placement = placementOf(size, own)
  const needed = alpha ? [wholePicture(primary, size)] : tiles
  const decoded = needed.filter((tile) => isShown(placement, tile))
  assertFewHiddenPixels(placement, decoded)
  return {
    placement,
    tiles: decoded,
    alpha,
    properties: [...own, ...(properties.get(tiles[0]?.item ?? 0) ?? [])],
  }
}

/** The limits count the shown pixels, so a small aperture must not stand for large tiles. */
function assertFewHiddenPixels(shown: Size, tiles: readonly Tile[]): void {
  const pixels = tiles.reduce((sum, { width, height }) => sum + width * height, 0)
  if (pixels > 2 * shown.width * shown.height + MAX_TILE_PIXELS)
    throw new Rejection('too_many_pixels', 'This HEIC shows a small part of a large picture')
}

function readSingle(file: Buffer, meta: Meta): [Size, Tile[]] {
  const size = readCodedItem(file, meta, meta.primary)
  return [size, [wholePicture(meta.primary, size)]]
}

const wholePicture = (item: number, { width, height }: Size): Tile => ({
  item,
  left: 0,
  top: 0,
  width,
  height,
})

function readTiles(file: Buffer, meta: Meta): [Size, Tile[]] {
  const grid = readGrid(readItem(file, meta, meta.primary))
  const { to = [] } = meta.references.find(isTileReference(meta.primary)) ?? {}
  const known = new Map<number, Size>()
  const sizes = to.map((item) => {
    const size = known.get(item) ?? readCodedItem(file, meta, item)
    known.set(item, size)
    return size
  })
  checkTiles(grid, sizes)
  const tiles = to.map((item, i) => {
    const { width, height } = sizes[i] as Size
    const [left, top] = [(i % grid.columns) * width, Math.floor(i / grid.columns) * height]
    return { item, left, top, width, height }
  })
  return [grid, tiles]
}

const isTileReference = (item: number) => (reference: Meta['references'][number]) =>
  reference.type === 'dimg' && reference.from === item

/** Returns the size of an HEVC item, and checks that its data has one picture of about that size.  @throws Error */
function readCodedItem(file: Buffer, meta: Meta, item: number): Size {
  if (meta.types.get(item) !== 'hvc1') throw new Error('An item that is not HEVC')
  const properties = meta.properties.get(item) ?? []
  const hvcC = properties.find(({ type }) => type === 'hvcC')
  if (!hvcC) throw new Error('An item has no hvcC box')
  const stream = readSizeOfHvcc(hvcC.data)
  const size = extentOf(properties) ?? stream.shown
  const allow = ({ coded, shown }: CodedSize) => {
    const fits = (['width', 'height'] as const).every(
      (side) => shown[side] >= size[side] && coded[side] <= size[side] + MAX_PADDING,
    )
    if (!fits) throw new Error('The stream has another size than its item')
  }
  allow(stream)
  checkAccessUnit(readItem(file, meta, item), allow)
  return size
}

/** ISO/IEC 23008-12, section 6.5.3. */
export function extentOf(properties: readonly Box[]): Size | undefined {
  const ispe = properties.find(({ type, data }) => type === 'ispe' && data.length >= 12)?.data
  const size = { width: ispe?.readUInt32BE(4) ?? 0, height: ispe?.readUInt32BE(8) ?? 0 }
  return size.width > 0 && size.height > 0 ? size : undefined
}

const ALPHA_TYPES = [
  'urn:mpeg:hevc:2015:auxid:1\0',
  'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0',
].map((type) => Buffer.from(type, 'latin1'))

/** ISO/IEC 23008-12, section 7.5.2. The decoder decodes the alpha items too, so they are checked as well. */
function hasAlpha(file: Buffer, meta: Meta): boolean {
  const items = meta.references
    .filter(({ type, to }) => type === 'auxl' && to.includes(meta.primary))
    .map(({ from }) => from)
    .filter((item) => meta.properties.get(item)?.some(isAlphaType))
  for (const item of items) {
    if (meta.types.get(item) === 'grid') readTiles(file, { ...meta, primary: item })
    else readCodedItem(file, meta, item)
  }
  return items.length > 0
}

const isAlphaType = ({ type, data }: Box) =>
  type === 'auxC' && ALPHA_TYPES.some((name) => data.indexOf(name) === 4)
