import { createHash } from 'node:crypto'
import { type Recipe, TRANSPARENT_FALLBACK_FORMAT, type VariantFormat } from './recipe.ts'
import { type Revision, successor } from './revision.ts'

/**
 * A hash of everything that determines the variants of a picture: 12 hexadecimal digits. A row stores the id of the
 * recipe that rendered its picture. Settings of formats that are not rendered do not change the id.
 */
export type RecipeId = string

/** Version of the image engine. Increase it with a change that makes the same recipe render different pictures. */
const ENGINE_VERSION = 2

export function recipeId(recipe: Recipe): RecipeId {
  const { sizes, background, largestAnimated, encoding } = recipe
  const keepsAnimation = recipe.animated === 'keep'
  const formats = [...recipe.formats].sort()
  const animations = keepsAnimation ? (['webp'] as const) : []
  const encoded = [
    ...new Set<VariantFormat>([...formats, TRANSPARENT_FALLBACK_FORMAT, ...animations]),
  ].sort()
  const content = [
    ENGINE_VERSION,
    [...sizes].sort((a, b) => b - a),
    formats,
    background,
    keepsAnimation ? largestAnimated : null,
    encoded.map((format) => [format, Object.entries(encoding[format]).sort()]),
  ]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12)
}

/**
 * Returns the revision of a picture that is rendered again. Each recipe has its own revision, so that workers with
 * different recipes never write to the same key.
 * @returns undefined if no later revision exists in the same millisecond: 1 picture in 2^42
 */
export function rerenderRevision(revision: Revision, recipe: RecipeId): Revision | undefined {
  return successor(revision, Number.parseInt(recipe.slice(0, 8), 16) + 1)
}
