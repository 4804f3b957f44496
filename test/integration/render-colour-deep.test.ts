import { expect, test } from 'vitest'
import { shownAs, spaces, type Triple } from '../support/pictures/colour.ts'
import { rgbProfile } from '../support/pictures/icc.ts'
import { NEAR, png, pngProfile, worst } from '../support/pictures/profiled.ts'

const COLOURS: readonly Triple[] = [
  [200, 120, 60],
  [90, 120, 80],
  [120, 140, 180],
]

const files = {
  colours: (samples: Triple, icc: Buffer) =>
    png(
      { depth: 16 },
      samples.map((sample) => sample * 257),
      icc,
    ),
  'colours and alpha': (samples: Triple, icc: Buffer) =>
    png(
      { depth: 16, colour: 6 },
      [...samples, 255].map((sample) => sample * 257),
      icc,
    ),
}

/** sharp processes 16 bits in Display P3 and keeps that space unless an output space is set. */
test.each(
  Object.entries(files).flatMap(([what, encode]) =>
    Object.entries(spaces).map(([name, space]) => ({ what, name, encode, space })),
  ),
)('16 bits of $what in $name are shown as the formulas say', async ({ encode, space }) => {
  for (const samples of COLOURS) {
    const file = encode(samples, pngProfile(rgbProfile(space)))
    expect(await worst(file, shownAs(space, samples))).toBeLessThan(NEAR)
  }
})

test('16 bits without a profile are sRGB', async () => {
  for (const samples of COLOURS) {
    const file = png(
      { depth: 16 },
      samples.map((sample) => sample * 257),
    )
    expect(await worst(file, samples)).toBeLessThan(NEAR)
  }
})
