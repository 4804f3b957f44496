import {
  animatedRenderSizes,
  pickVariant,
  recipe,
  renderSizes,
  type Variant,
} from '@visage/shared/avatar/recipe'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 2048 }), { minLength: 1, maxLength: 6 })
const sources = fc.integer({ min: 1, max: 20_000 })

describe('sidesFor', () => {
  test.each([
    [20_000, [512, 256, 128, 64]],
    [513, [512, 256, 128, 64]],
    [512, [512, 256, 128, 64]],
    [511, [511, 256, 128, 64]],
    [257, [257, 256, 128, 64]],
    [256, [256, 128, 64]],
    [255, [255, 128, 64]],
    [65, [65, 64]],
    [64, [64]],
    [63, [63]],
    [1, [1]],
  ])('a source of %i pixels is rendered at %j', (source, sides) => {
    expect(renderSizes(source)).toEqual(sides)
  })

  test('nothing is enlarged', () => {
    fc.assert(
      fc.property(sources, sizes, (source, wanted) => {
        expect(Math.max(...renderSizes(source, wanted))).toBeLessThanOrEqual(source)
      }),
    )
  })

  test('sorted from the largest, without duplicates', () => {
    fc.assert(
      fc.property(sources, sizes, (source, wanted) => {
        const sides = renderSizes(source, wanted)
        expect(sides).toEqual([...new Set(sides)].sort((a, b) => b - a))
      }),
    )
  })

  test('up to the size of the source, with every smaller requested size', () => {
    fc.assert(
      fc.property(sources, sizes, (source, wanted) => {
        const sides = renderSizes(source, wanted)
        expect(sides[0]).toBe(Math.min(source, Math.max(...wanted)))
        for (const size of wanted.filter((one) => one <= source)) expect(sides).toContain(size)
      }),
    )
  })

  test('the recipe is not modified', () => {
    renderSizes(300)
    expect(recipe.sizes).toEqual([512, 256, 128, 64])
  })
})

describe('animatedSides', () => {
  const sidesOf = (source: number, sizes: number[]) =>
    animatedRenderSizes(source, { ...recipe, sizes })

  test.each([
    [900, [512, 256, 128, 64], [256, 128, 64]],
    [256, [512, 256, 128, 64], [256, 128, 64]],
    [200, [512, 256, 128, 64], [200, 128, 64]],
    [900, [512, 257], [257]],
    [300, [512, 400], [300]],
    [900, [100], [100]],
  ])('a source of %i pixels and sizes of %j are animated at %j', (source, sizes, sides) => {
    expect(sidesOf(source, sizes)).toEqual(sides)
  })
})

describe('pickVariant', () => {
  const shuffled: Variant[] = [
    { size: 64, format: 'webp', bytes: 1 },
    { size: 512, format: 'webp', bytes: 2 },
    { size: 512, format: 'jpeg', bytes: 3 },
    { size: 128, format: 'webp', bytes: 4 },
    { size: 128, format: 'jpeg', bytes: 5 },
  ]

  test.each([
    ['webp', 1, 64],
    ['webp', 64, 64],
    ['webp', 65, 128],
    ['webp', 128, 128],
    ['webp', 129, 512],
    ['webp', 512, 512],
    ['webp', 513, 512],
    ['jpeg', 64, 128],
    ['jpeg', 10_000, 512],
  ] as const)('%s of %i pixels is the variant of %i', (format, wanted, size) => {
    expect(pickVariant(shuffled, { format }, wanted)).toMatchObject({ format, size })
  })

  test('an animation is picked only on request', () => {
    const still = { size: 256, format: 'webp', bytes: 1 } as const
    const moving = { size: 128, format: 'webp', bytes: 1, animated: true } as const
    const both = [still, moving]
    expect(pickVariant(both, { format: 'webp' }, 64)).toBe(still)
    expect(pickVariant(both, { format: 'webp', animated: true }, 512)).toBe(moving)
    expect(pickVariant([still], { format: 'webp', animated: true }, 512)).toBeUndefined()
  })

  test('none if the format was not rendered', () => {
    expect(
      pickVariant([{ size: 64, format: 'webp', bytes: 1 }], { format: 'jpeg' }, 64),
    ).toBeUndefined()
    expect(pickVariant([], { format: 'webp' }, 64)).toBeUndefined()
  })

  test('the list is not modified', () => {
    const before = [...shuffled]
    pickVariant(shuffled, { format: 'webp' }, 128)
    expect(shuffled).toEqual(before)
  })
})
