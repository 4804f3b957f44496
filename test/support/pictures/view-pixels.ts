import { decodeSquare } from '../../../apps/worker/src/image/decode.ts'
import { inspect } from '../../../apps/worker/src/image/inspect.ts'
import { limits } from '../../../apps/worker/src/image/limits.ts'
import type { View } from '../../../apps/worker/src/image/view/view.ts'
import type { Raster } from './pictures.ts'

/** Decodes the centre square of a view at its natural size, as the engine does.  @throws Rejection */
export async function decodeView(view: View): Promise<Raster> {
  const { width, height } = await inspect(view, limits)
  const side = Math.min(width, height)
  const square = await decodeSquare(view, { gravity: 'centre', side }, limits)
  return { data: square.data, width: side, height: side, channels: square.channels }
}

export async function sizeOf(view: View): Promise<readonly [width: number, height: number]> {
  const { width, height } = await inspect(view, limits)
  return [width, height]
}
