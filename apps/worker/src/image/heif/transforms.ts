import type { Box } from './boxes.ts'
import { Fields } from './fields.ts'
import type { Size } from './sps.ts'

/**
 * How the shown picture lies on the decoded one: shown pixel (x, y) is decoded pixel
 * (left + x * xx + y * xy, top + x * yx + y * yy). Each pair of steps has one 0 and one 1 or -1.
 */
export interface Placement extends Size {
  readonly left: number
  readonly top: number
  readonly xx: number
  readonly xy: number
  readonly yx: number
  readonly yy: number
}

type Transform = (placement: Placement, data: Buffer) => Placement

/** ISO/IEC 23008-12, section 6.5, and ISO/IEC 14496-12, section 12.1.4 for `clap`. */
const transforms: Readonly<Record<string, Transform>> = {
  irot: (placement, data) => {
    let turned = placement
    for (let turns = (data[0] ?? 0) & 3; turns > 0; turns--) turned = turnLeft(turned)
    return turned
  },
  imir: (placement, data) =>
    ((data[0] ?? 0) & 1) === 0
      ? { ...moved(placement, 0, placement.height - 1), xy: -placement.xy, yy: -placement.yy }
      : { ...moved(placement, placement.width - 1, 0), xx: -placement.xx, yx: -placement.yx },
  clap: cropToAperture,
}

/** Applies the transforms among the properties of an item, in their order. */
export function placementOf(size: Size, properties: readonly Box[]): Placement {
  const whole: Placement = { ...size, left: 0, top: 0, xx: 1, xy: 0, yx: 0, yy: 1 }
  return properties.reduce(
    (placement, { type, data }) => transforms[type]?.(placement, data) ?? placement,
    whole,
  )
}

/** Moves the first shown pixel by (x, y) shown pixels. */
function moved(placement: Placement, x: number, y: number): Placement {
  const { left, top, xx, xy, yx, yy } = placement
  return { ...placement, left: left + x * xx + y * xy, top: top + x * yx + y * yy }
}

function turnLeft(placement: Placement): Placement {
  const { width, height, xx, xy, yx, yy } = placement
  const corner = moved(placement, width - 1, 0)
  return { ...corner, width: height, height: width, xx: xy, xy: -xx, yx: yy, yy: -yx }
}

/** An aperture that is empty or leaves the picture is refused.  @throws Error */
function cropToAperture(placement: Placement, data: Buffer): Placement {
  const fields = new Fields(data)
  const ratio = (signed: boolean) => {
    const [a, b] = [fields.uint(4), fields.uint(4)]
    return (signed ? a | 0 : a) / b
  }
  const [width, height] = [Math.round(ratio(false)), Math.round(ratio(false))]
  const left = Math.floor(ratio(true) + (placement.width - width) / 2)
  const top = Math.floor(ratio(true) + (placement.height - height) / 2)
  const fits =
    width > 0 &&
    height > 0 &&
    left >= 0 &&
    top >= 0 &&
    left + width <= placement.width &&
    top + height <= placement.height
  if (!fits) throw new Error('The clean aperture leaves the picture')
  return { ...moved(placement, left, top), width, height }
}
