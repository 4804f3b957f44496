import { createHash } from 'node:crypto'
import type { Recipe } from './recipe.ts'
import { type Revision, successor } from './revision.ts'

/**
 * Names all that decides what is made of a picture, so that a row can say what it was rendered by:
 * 12 hexadecimal digits. A setting of a format that is not rendered is no part of it.
 */
export type RecipeId = string

/** How the image engine renders. Raise it with a change after which the same recipe gives other pictures. */
const ENGINE = 1

export function recipeId(recipe: Recipe): RecipeId {
  const { sizes, background, largestAnimated, encoding } = recipe
  const moves = recipe.animated === 'keep'
  const formats = [...recipe.formats].sort()
  const encoded = moves ? [...new Set([...formats, 'webp' as const])].sort() : formats
  const content = [
    ENGINE,
    [...sizes].sort((a, b) => b - a),
    formats,
    background,
    moves ? largestAnimated : null,
    encoded.map((format) => [format, Object.entries(encoding[format]).sort()]),
  ]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12)
}

/**
 * The revision of a picture once it is rendered anew: its own for each recipe, so that workers of different
 * recipes never write to the same address.
 * @returns undefined where there is none, for one picture in 2^42
 */
export function rerenderRevision(revision: Revision, recipe: RecipeId): Revision | undefined {
  return successor(revision, Number.parseInt(recipe.slice(0, 8), 16) + 1)
}
