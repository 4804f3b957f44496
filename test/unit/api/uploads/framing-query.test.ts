import { expect, test } from 'vitest'
import { readFraming } from '../../../../apps/api/src/uploads/framing-query.ts'

test.each([
  [{}, { gravity: 'centre' }],
  [{ gravity: 'attention' }, { gravity: 'attention' }],
  [{ gravity: 'entropy' }, { gravity: 'entropy' }],
  [{ gravity: 'center' }, { gravity: 'centre' }],
  [{ crop: '10,20,300,400' }, { crop: { x: 10, y: 20, width: 300, height: 400 } }],
  [{ crop: '9.6, 20, 300.2, 400' }, { crop: { x: 10, y: 20, width: 300, height: 400 } }],
  [{ unknown: 'x' }, { gravity: 'centre' }],
])('%j is %j', (query, framing) => {
  expect(readFraming(query)).toEqual(framing)
})

const CROP = 'crop must be x,y,width,height in pixels of the upright picture'
const GRAVITY = 'gravity must be one of centre, attention, entropy'

test.each([
  [{ crop: '' }, CROP],
  [{ crop: '1,2,3' }, CROP],
  [{ crop: '1,2,0,4' }, CROP],
  [{ gravity: '' }, GRAVITY],
  [{ gravity: 'north' }, GRAVITY],
  [{ crop: '1,2,3,4', gravity: 'centre' }, 'crop and gravity exclude each other'],
  [{ crop: ['1,2,3,4', '1,2,3,4'] }, CROP],
  [{ gravity: ['centre', 'entropy'] }, GRAVITY],
])('%j is a bad parameter: %s', (query, message) => {
  expect(() => readFraming(query)).toThrow(
    expect.objectContaining({
      problem: 'badParameter',
      code: 40_001,
      message: expect.stringContaining(message),
    }),
  )
})
