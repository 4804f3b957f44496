import type { Rectangle } from '@visage/shared/avatar/framing'
import { animatedRenderSizes, type Recipe } from '@visage/shared/avatar/recipe'
import { encodeAnimation } from './encode.ts'
import { cut } from './frame.ts'
import type { Animation } from './inspect.ts'
import type { RenderedVariant } from './rendered.ts'
import { cutFrom, decodeStrip, mapFrames } from './strip.ts'

/**
 * Every frame of an animation, all of them cut as the first one is. Frames are scaled one by one:
 * scaled as a strip, the edge of each would show a line of its neighbour.
 * @param crop what the still variants show, in pixels of the source
 * @throws Rejection where a frame is damaged
 */
export async function animate(
  bytes: Buffer,
  animation: Animation,
  crop: Rectangle,
  recipe: Recipe,
): Promise<RenderedVariant[]> {
  const source = await decodeStrip(bytes, animation)
  const [largest = 0, ...smaller] = animatedRenderSizes(Math.min(crop.width, crop.height), recipe)
  const place = cut(source, crop, largest)
  let strip = await mapFrames(source, largest, (image) => cutFrom(image, place))
  const variants: RenderedVariant[] = []
  for (const side of [largest, ...smaller]) {
    strip = await mapFrames(strip, side, (image) => image.resize(side, side))
    const data = await encodeAnimation(strip, animation, recipe)
    variants.push({ size: side, format: 'webp', animated: true, data })
  }
  return variants
}
