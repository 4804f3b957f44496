import type { Rectangle } from '@visage/shared/avatar/framing'
import { animatedRenderSizes, type Recipe } from '@visage/shared/avatar/recipe'
import { scaleCrop } from './crop.ts'
import { encodeAnimation } from './encode.ts'
import type { Animation } from './inspect.ts'
import type { RenderedVariant } from './rendered.ts'
import { decodeStrip, mapFrames, resizeAndCrop } from './strip.ts'
import type { FileView } from './view/view.ts'

/**
 * Renders all frames of an animation with the same crop. Scales each frame alone: if the strip is scaled as one image,
 * the edge of each frame shows a line of the next one.
 * @param crop the rectangle that the still variants show, in pixels of the source
 * @throws Rejection if a frame is damaged
 */
export async function animate(
  view: FileView,
  animation: Animation,
  crop: Rectangle,
  recipe: Recipe,
): Promise<RenderedVariant[]> {
  const source = await decodeStrip(view.composeFrames?.() ?? view, animation)
  const [largest = 0, ...smaller] = animatedRenderSizes(Math.min(crop.width, crop.height), recipe)
  const scaledCrop = scaleCrop(source, crop, largest)
  let strip = await mapFrames(source, largest, (image) => resizeAndCrop(image, scaledCrop))
  const variants: RenderedVariant[] = []
  for (const side of [largest, ...smaller]) {
    strip = await mapFrames(strip, side, (image) => image.resize(side, side))
    const data = await encodeAnimation(strip, animation, recipe)
    variants.push({ size: side, format: 'webp', animated: true, data })
  }
  return variants
}
