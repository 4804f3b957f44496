import { box, grid, type HeifFile, type HeifItem, heif, ispe, u32 } from './heif.ts'

/** Side of the sample in pixels. */
export const SAMPLE_SIDE = 64

/** Colours of the sample's quarters: top left, top right, bottom left, bottom right. */
export const SAMPLE_COLOURS = [
  [235, 220, 40],
  [220, 30, 30],
  [20, 160, 40],
  [30, 40, 210],
] as const

const decode = (base64: string) => Buffer.from(base64, 'base64')

/** The parameter sets and the picture as heif-enc writes them: 4:2:0, full range, BT.601. */
const HVCC = decode(
  'AQNwAAAAAAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqrprm4EBAwIAAAAMAgAAAAwCEIgABAAZEAcFzwYk=',
)
const PICTURE = decode(
  'AAABGSgBrw7Ic/TvwFeEGKnP53Jf//bKfyHlcGo9jg//4ZgFL96lJv8S+bN97lPpzY3NxHXd/CMezq9CUMKreOklbhzeMtlBTI3rQdRh+mRUeH5oTZvvwIbLgYlNbGN9c/a45mJLStM9dKYSo8IP40ny4dcmgqgwYQXxQetwH66ozxDRFz/KIJpfuM7//nQmVEQpoIEfxFFf/1gGT7AQqstZHGM5SRxA6h+pR6ZB2b4WkOBvVBDQ8KhF+86QJtxkh5Wvtgw0P9LcdpAzBHTNcBP+xPTx+ZlR/+kYxrxP6K/sy49JlOmyqS8ExFSmBKs/Cky8n6HhKgri0PaXJtk/U9dqWt7WSDFv1YIr+TWqbaN1+NeKH/Jfwz/FCYm8',
)
/** Transparency of the sample: opaque on the left, 100 of 255 on the right. */
const ALPHA_HVCC = decode(
  'AQQIAAAAAAAAAAAAHvAA/Pz4+AAADwMgAAEAF0ABDAH//wQIAAADAJ/4AAADAAAeugJAIQABACZCAQEECAAAAwCf+AAAAwAAHsCCBBZbqrprmwIAAAMAAgAAAwACECIAAQAGRAHBc8GJ',
)
const ALPHA = decode(
  'AAABIygBrh2Q46xWgIn1n9j/BCcFSwn/GgOJoF6HEy0zWhcNtnSw7sYqqiutJ83iO68vnk2HT2+v5fndV0v0/6D45JXpSsuEeslGzQs3CioFquhh2oonTvBHW4js0PrDbCVCDAtBbhtwcYW0hg3ehOzFh44IRNkXjBfGRyYezaZnSeDUWJRBdPvGeTYdPb6/l+d1XS/T/oPjklgFKy4R6yUbNCzcKKgWq5cC1fudO8EdbiOzQ+sNsJUIME0FuG3BxhbSGDd6E7MWLYCAQerCDCTEcE1bYDSPmiuJCSoOiVjDZjvtw/urP+8GqTZ5KrhtdXO0xf55Qqq3w+M4axTPFuOGm//uITDDU34wPfJPecPbaIGTg/5i/xGiNEfpJeAQU3WV4Qsm8A==',
)
const ALPHA_TYPE = box('auxC', Buffer.from('\0\0\0\0urn:mpeg:hevc:2015:auxid:1\0', 'latin1'))

const size = ispe(SAMPLE_SIDE, SAMPLE_SIDE)

export const hevcItem = (properties: readonly Buffer[] = [], data: Buffer = PICTURE): HeifItem => ({
  type: 'hvc1',
  data,
  properties: [box('hvcC', HVCC), size, ...properties],
})

export const alphaItem: HeifItem = {
  type: 'hvc1',
  data: ALPHA,
  properties: [box('hvcC', ALPHA_HVCC), size, ALPHA_TYPE],
}

/** A HEIC of one item. */
export const heic = (...properties: Buffer[]) => heif({ items: [hevcItem(properties)] })

/** A HEIC whose tiles are the sample, or what `tile` makes of it. */
export function tiledHeic(
  rows: number,
  columns: number,
  width: number,
  height: number,
  properties: readonly Buffer[] = [],
  tile: (index: number) => HeifItem = () => hevcItem(),
): Buffer {
  const tiles = Array.from({ length: rows * columns }, (_, i) => tile(i))
  const whole = {
    type: 'grid',
    data: grid(rows, columns, width, height),
    properties: [ispe(width, height), ...properties],
  }
  const to = tiles.map((_, i) => i + 2)
  const file: HeifFile = {
    items: [whole, ...tiles],
    references: [{ type: 'dimg', from: 1, to }],
  }
  return heif(file)
}

/** The sample's data without its second half: a shorter NAL unit, so that only the decoder can notice. */
export function halfPicture(): Buffer {
  const data = PICTURE.subarray(0, PICTURE.length / 2)
  return Buffer.concat([u32(data.length - 4), data.subarray(4)])
}
