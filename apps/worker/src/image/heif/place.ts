import type { DecodedItem } from './libheif.ts'
import type { Size } from './sps.ts'
import type { Placement } from './transforms.ts'

/**
 * An item that the decoder decodes, and where it lies in the picture before its transforms. The decoder adds the
 * transparency, so a picture that has it is one tile.
 */
export interface Tile extends Size {
  readonly item: number
  readonly left: number
  readonly top: number
}

/**
 * Writes the shown pixels of a tile to their places. `tile` may reach over the picture; what is outside is left out.
 * @param out pixels of the shown picture, `channels` bytes each, row by row
 */
export function placeTile(
  out: Uint8Array,
  channels: 3 | 4,
  placement: Placement,
  tile: Tile,
  { data, stride }: DecodedItem,
): void {
  const { width, left, top, xx, xy, yx, yy } = placement
  const shown = shownPart(placement, tile)
  const step = (xx + xy * width) * channels
  for (let y = shown.top; y < shown.bottom; y++) {
    const [dx, dy] = [shown.left - left, y - top]
    let to = (dx * xx + dy * yx + (dx * xy + dy * yy) * width) * channels
    let from = (y - tile.top) * stride + (shown.left - tile.left) * channels
    const end = from + (shown.right - shown.left) * channels
    if (step === channels) {
      out.set(data.subarray(from, end), to)
      continue
    }
    for (; from < end; from += channels, to += step)
      for (let c = 0; c < channels; c++) out[to + c] = data[from + c] as number
  }
}

/** Tells whether any pixel of a tile is shown: a clean aperture can hide it. */
export function isShown(placement: Placement, tile: Tile): boolean {
  const { left, right, top, bottom } = shownPart(placement, tile)
  return left < right && top < bottom
}

/** Returns the part of a tile that is shown, in pixels of the decoded picture. */
function shownPart(placement: Placement, tile: Tile) {
  const { left, top, width, height, xx, xy, yx, yy } = placement
  const [endX, endY] = [
    left + (width - 1) * xx + (height - 1) * xy,
    top + (width - 1) * yx + (height - 1) * yy,
  ]
  return {
    left: Math.max(tile.left, Math.min(left, endX)),
    top: Math.max(tile.top, Math.min(top, endY)),
    right: Math.min(tile.left + tile.width, Math.max(left, endX) + 1),
    bottom: Math.min(tile.top + tile.height, Math.max(top, endY) + 1),
  }
}
