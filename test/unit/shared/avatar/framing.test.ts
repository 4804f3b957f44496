import {
  CENTRED,
  type Framing,
  formatFraming,
  gravities,
  parseFraming,
  parseGravity,
  parseRectangle,
} from '@visage/shared/avatar/framing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const framings: Framing[] = [
  ...gravities.map((gravity) => ({ gravity })),
  { crop: { x: 0, y: 0, width: 1, height: 1 } },
  { crop: { x: 10, y: 20, width: 16_384, height: 300 } },
]

test.each(framings.map((framing) => [formatFraming(framing), framing]))(
  '%s survives serialisation in a job',
  (text, framing) => expect(parseFraming(text)).toEqual(framing),
)

test.each([
  ['attention', { gravity: 'attention' }],
  ['10,20,300,400', { crop: { x: 10, y: 20, width: 300, height: 400 } }],
] as const)('%s is how it is written down', (text, framing) => {
  expect(formatFraming(framing)).toBe(text)
})

test.each([undefined, '', 'north', '1,2,3', '__proto__'])('%j is centred', (text) => {
  expect(parseFraming(text)).toEqual(CENTRED)
})

test.each([
  '',
  '1,2,3',
  '1,2,3,4,5',
  '-1.6,0,5,5',
  '0,0,0,5',
  '0,0,5,0',
  '0,0,0.4,5',
  '1 0,2,3,4',
  '.5,0,5,5',
  '1e3,0,5,5',
  '0,0,9999999,5',
])('%j is no rectangle', (text) => expect(parseRectangle(text)).toBeUndefined())

test.each([
  ['10.4,19.5,300.49,299.5', '10,20,300,300'],
  ['10, 20, 300, 300', '10,20,300,300'],
  ['-0.4,-1,300,300', '0,-1,300,300'],
])('%s is %s in whole pixels', (text, crop) => {
  expect(formatFraming(parseFraming(text))).toBe(crop)
})

test('any rectangle survives serialisation in a job', () => {
  const place = fc.integer({ min: -1, max: 999_999 })
  const length = fc.integer({ min: 1, max: 999_999 })
  fc.assert(
    fc.property(fc.record({ x: place, y: place, width: length, height: length }), (crop) => {
      expect(parseFraming(formatFraming({ crop }))).toEqual({ crop })
    }),
  )
})

test.each(['Centre', '', 'toString', 'north'])('%j is not a gravity', (text) => {
  expect(parseGravity(text)).toBeUndefined()
})

test('the American spelling of the centre is a gravity too', () => {
  expect(parseGravity('center')).toBe('centre')
})
