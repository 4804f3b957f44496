import { describe, expect, test } from 'vitest'
import { referenceWhiteGain } from '../../../../../apps/worker/src/image/colour/tone-map.ts'

describe.each([400, 1000, 4000])('the tone curve of a peak of %d cd/m2', (peak) => {
  const gain = referenceWhiteGain(peak)
  const end = peak / 203
  const lights = Array.from({ length: 200 }, (_, i) => (i * end) / 199)

  test('never falls', () => {
    const shown = lights.map((light) => light * gain(light))
    expect(shown.every((light, i) => light >= (shown[i - 1] ?? 0))).toBe(true)
  })

  test('ends at the white of the screen', () => {
    expect(end * gain(end)).toBeCloseTo(1)
    expect(2 * end * gain(2 * end)).toBeCloseTo(1)
  })

  test('has no step at reference white', () => {
    expect(gain(1.0001)).toBeCloseTo(gain(1), 3)
  })
})

test('halves the light of HDR with 1000 cd/m2', () => {
  expect(referenceWhiteGain(1000)(0.5)).toBe(0.5)
})

test('changes nothing where nothing is brighter than reference white', () => {
  expect(referenceWhiteGain(100)(0.4)).toBe(1)
})
