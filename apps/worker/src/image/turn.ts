/** Exif 2.32, tag 0x0112: 1 to 8. 1: the stored rows are seen as they are. From 5 on, rows are seen as columns. */
export type Orientation = number

/** Steps through a stored square, in pixels: from its first seen pixel, to the next one in a seen row, to the next row. */
type Steps = readonly [first: number, across: number, down: number]

const stepsBy: Readonly<Record<Orientation, (side: number, last: number) => Steps>> = {
  2: (side, last) => [last, -1, side],
  3: (side, last) => [last * side + last, -1, -side],
  4: (side, last) => [last * side, 1, -side],
  5: (side) => [0, side, 1],
  6: (side, last) => [last * side, -side, 1],
  7: (side, last) => [last * side + last, -side, -1],
  8: (side, last) => [last, side, -1],
}

/** A square of `side` by `side` pixels, row by row. */
interface StoredSquare {
  readonly data: Buffer
  readonly side: number
  /** Bytes a pixel. */
  readonly channels: number
}

/** Turns a decoded square upright. Turning the picture before it is scaled would hold all of its pixels. */
export function turnSquare<S extends StoredSquare>(square: S, orientation: Orientation): S {
  const { data, side, channels } = square
  const steps = stepsBy[orientation]?.(side, side - 1)
  if (!steps) return square
  const [first, across, down] = steps
  const turned = Buffer.allocUnsafe(data.length)
  let to = 0
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const from = (first + column * across + row * down) * channels
      for (let channel = 0; channel < channels; channel++) turned[to++] = data[from + channel] ?? 0
    }
  return { ...square, data: turned }
}

/** A square at an offset in a scaled picture, in pixels. */
interface Crop {
  readonly side: number
  readonly left: number
  readonly top: number
  readonly scaled: { readonly width: number; readonly height: number }
}

/** Returns the crop of the stored picture that shows the same as this crop of the upright one. */
export function storedCrop(crop: Crop, orientation: Orientation): Crop {
  const { side, scaled, left, top } = crop
  const right = scaled.width - left - side
  const bottom = scaled.height - top - side
  const corner = cornersBy[orientation]?.({ left, top, right, bottom })
  if (!corner) return crop
  const turned = orientation < 5 ? scaled : { width: scaled.height, height: scaled.width }
  return { side, scaled: turned, left: corner[0], top: corner[1] }
}

interface Margins {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const cornersBy: Readonly<Record<Orientation, (margins: Margins) => [left: number, top: number]>> =
  {
    2: ({ right, top }) => [right, top],
    3: ({ right, bottom }) => [right, bottom],
    4: ({ left, bottom }) => [left, bottom],
    5: ({ left, top }) => [top, left],
    6: ({ top, right }) => [top, right],
    7: ({ bottom, right }) => [bottom, right],
    8: ({ bottom, left }) => [bottom, left],
  }
