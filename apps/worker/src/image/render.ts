import { CENTRED, type Framing } from '@visage/shared/avatar/framing'
import {
  FALLBACK_FORMAT,
  type Recipe,
  renderSizes,
  TRANSPARENT_FALLBACK_FORMAT,
  type VariantFormat,
} from '@visage/shared/avatar/recipe'
import { recipeId } from '@visage/shared/avatar/recipe-id'
import { Rejection } from '@visage/shared/errors/app-error'
import { animate } from './animate.ts'
import { clampFraming, planCrop, shownRectangle, squareSide } from './crop.ts'
import { decodeSquare, hasTransparency, type Pixels, shrink } from './decode.ts'
import { encode } from './encode.ts'
import { inspect } from './inspect.ts'
import type { Limits } from './limits.ts'
import { makePlaceholder, type Placeholder } from './placeholder.ts'
import type { Rendered, RenderedVariant } from './rendered.ts'
import { Stopwatch } from './stopwatch.ts'
import { openView, sniffAccepted } from './view/open.ts'
import { repair } from './view/repair.ts'
import type { View } from './view/view.ts'

const PLACEHOLDER_SIDE = 64

/**
 * Renders all variants and the placeholder of one picture. Decodes the source once, at the largest size, and makes each
 * smaller size from the size before it. An animation that is kept is decoded again, with all frames.
 * The same bytes and recipe always give the same variants.
 * @throws Rejection if the picture cannot be rendered
 */
export async function render(
  raw: Buffer,
  recipe: Recipe,
  limits: Limits,
  framing: Framing = CENTRED,
  watch = new Stopwatch(),
): Promise<Rendered> {
  const format = sniffAccepted(raw, limits)
  const renderFile = (file: Buffer) =>
    renderView(openView(file, format), recipe, limits, framing, watch)
  try {
    return await renderFile(raw)
  } catch (error) {
    const repaired = isDamage(error) ? await repair(raw, format) : undefined
    if (!repaired) throw error
    return await renderFile(repaired)
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof Rejection && ['corrupt', 'truncated'].includes(error.reason)
}

async function renderView(
  view: View,
  recipe: Recipe,
  limits: Limits,
  requested: Framing,
  watch: Stopwatch,
): Promise<Rendered> {
  const keep = recipe.animated === 'keep'
  const {
    animation,
    orientation = 1,
    deepProfile = false,
    ...source
  } = await watch.time('inspect', () => inspect(view, limits, keep))
  const framing = clampFraming(source, requested)
  const [largest = 0, ...smaller] = renderSizes(squareSide(source, framing), recipe.sizes)
  const plan = planCrop(source, framing, largest)
  const stored = { orientation, deepProfile }
  const square = await watch.time('decode', () => decodeSquare(view, plan, limits, stored))
  const transparent = hasTransparency(square)
  const variants: RenderedVariant[] = []
  let smallest: Pixels = square
  for (const side of [largest, ...smaller]) {
    const larger = smallest
    smallest = await watch.time('shrink', () => shrink(larger, side))
    variants.push(...(await encodeAll(smallest, transparent, recipe, watch)))
  }
  if (keep && animation && 'file' in view) {
    const shown = shownRectangle(source, framing, largest, square.offset)
    const work = () => animate(view, animation, shown, recipe).catch(withoutAnimation)
    variants.push(...(await watch.time('animate', work)))
  }
  const placeholder = await watch.time('placeholder', () => placeholderFrom(smallest))
  return { variants, source, recipe: recipeId(recipe), ...placeholder }
}

/** A damaged later frame costs the animation, not the still of the first frame. */
function withoutAnimation(error: unknown): RenderedVariant[] {
  if (error instanceof Rejection) return []
  throw error
}

async function placeholderFrom(pixels: Pixels): Promise<Placeholder> {
  return makePlaceholder(await shrink(pixels, Math.min(pixels.side, PLACEHOLDER_SIDE)))
}

async function encodeAll(
  pixels: Pixels,
  transparent: boolean,
  recipe: Recipe,
  watch: Stopwatch,
): Promise<RenderedVariant[]> {
  const fallback = transparent ? TRANSPARENT_FALLBACK_FORMAT : FALLBACK_FORMAT
  const variants: RenderedVariant[] = []
  for (const format of new Set<VariantFormat>([...recipe.formats, fallback])) {
    const data = await watch.time(`encode_${format}`, () => encode(pixels, format, recipe))
    const isFallback = transparent && format === fallback
    variants.push({ size: pixels.side, format, ...(isFallback ? { fallback: true } : {}), data })
  }
  return variants
}
