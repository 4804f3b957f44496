import { decodeSquare, type Square } from '../../apps/worker/src/image/decode.ts'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { openView, sniffAccepted } from '../../apps/worker/src/image/view/open.ts'

/** Decodes the centred square of a file, as the engine does. @param side pixels */
export function centreSquare(file: Buffer, side: number): Promise<Square> {
  const view = openView(file, sniffAccepted(file, limits))
  return decodeSquare(view, { side, gravity: 'centre' }, limits)
}
