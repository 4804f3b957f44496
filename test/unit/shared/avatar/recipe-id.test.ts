import { type Recipe, recipe } from '@visage/shared/avatar/recipe'
import { recipeId, rerenderRevision } from '@visage/shared/avatar/recipe-id'
import { makeRevision } from '@visage/shared/avatar/revision'
import { describe, expect, test } from 'vitest'

const { encoding } = recipe
const { webp, jpeg, avif, png } = encoding

describe('a recipe has another ID', () => {
  const others: Record<string, Partial<Recipe>> = {
    'with one size more': { sizes: [...recipe.sizes, 32] },
    'with other sizes': { sizes: [500, 256, 128, 64] },
    'with a format more': { formats: [...recipe.formats, 'avif'] },
    'without a format': { formats: ['jpeg'] },
    'on another background': { background: '#000000' },
    'that keeps animations': { animated: 'keep' },
    'with another quality of a format that is rendered': {
      encoding: { ...encoding, webp: { ...webp, quality: 81 } },
    },
    'with another effort': { encoding: { ...encoding, webp: { ...webp, effort: 5 } } },
  }

  test.each(Object.entries(others))('%s', (_, change) => {
    expect(recipeId({ ...recipe, ...change })).not.toBe(recipeId(recipe))
  })

  test('that keeps animations of another size', () => {
    const keep = { ...recipe, animated: 'keep' } as const
    expect(recipeId({ ...keep, largestAnimated: 128 })).not.toBe(recipeId(keep))
  })

  test('that keeps animations as WebP of another quality, without other WebP', () => {
    const keep: Recipe = { ...recipe, formats: ['jpeg'], animated: 'keep' }
    const other = { ...encoding, webp: { ...webp, quality: 81 } }
    expect(recipeId({ ...keep, encoding: other })).not.toBe(recipeId(keep))
  })
})

describe('a recipe has the same ID', () => {
  const same: Record<string, Partial<Recipe>> = {
    'in any order of its sizes': { sizes: recipe.sizes.toReversed() },
    'in any order of its formats': { formats: recipe.formats.toReversed() },
    'in any order of the settings of an encoder': {
      encoding: { jpeg, png, webp: { effort: webp.effort, quality: webp.quality }, avif },
    },
    'with any settings of a format that is not rendered': {
      encoding: { ...encoding, avif: { quality: 1, effort: 9 } },
    },
    'with any size of animations that are not kept': { largestAnimated: 64 },
  }

  test.each(Object.entries(same))('%s', (_, change) => {
    expect(recipeId({ ...recipe, ...change })).toBe(recipeId(recipe))
  })

  test('in every release, as rows store it', () => {
    const small = { ...recipe, sizes: [64], formats: ['jpeg'], background: '#ffffff' } as const
    const id = recipeId({ ...small, encoding: { ...encoding, jpeg: { quality: 82 } } })
    expect(id).toBe('8b9a73bd6e25')
    const large: Recipe = {
      ...small,
      sizes: [64, 512, 128],
      formats: ['png', 'jpeg', 'avif'],
      animated: 'keep',
      largestAnimated: 256,
      encoding: {
        avif: { quality: 55, effort: 0 },
        webp: { quality: 80, effort: 4 },
        jpeg: { quality: 82 },
        png: { compressionLevel: 6 },
      },
    }
    expect(recipeId(large)).toBe('289f7d490e10')
  })
})

test('a rerender has a different revision for each recipe', () => {
  const revision = makeRevision(1, new Uint8Array(10))
  expect(rerenderRevision(revision, '000000000000')).toBe('00000000-0001-7000-8000-000000000001')
  expect(rerenderRevision(revision, 'ffffffff0000')).toBe('00000000-0001-7000-8000-000100000000')
})
