import {
  CENTRED,
  type Framing,
  gravities,
  parseGravity,
  parseRectangle,
} from '@visage/shared/avatar/framing'
import { problem } from '@visage/shared/errors/app-error'

type Query = Readonly<Record<string, string | string[] | undefined>>

/**
 * Reads `crop=x,y,width,height` or `gravity=centre|attention|entropy`. Without either, the framing is the centre.
 * The worker checks whether a rectangle lies inside the picture.
 * @throws badParameter
 */
export function readFraming({ crop, gravity }: Query): Framing {
  if (crop !== undefined && gravity !== undefined) {
    throw problem('badParameter', 'crop and gravity exclude each other; send one of them')
  }
  if (crop !== undefined) return { crop: readRectangle(String(crop)) }
  if (gravity === undefined) return CENTRED
  const parsed = parseGravity(String(gravity))
  if (parsed) return { gravity: parsed }
  throw problem('badParameter', `gravity must be one of ${gravities.join(', ')}`)
}

function readRectangle(text: string) {
  const parsed = parseRectangle(text)
  if (parsed) return parsed
  throw problem(
    'badParameter',
    'crop must be x,y,width,height in pixels of the upright picture, such as 10,20,300,300',
  )
}
