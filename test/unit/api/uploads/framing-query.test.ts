import { expect, test } from 'vitest'
import { framingOf } from '../../../../apps/api/src/uploads/framing-query.ts'

const badParameter = expect.objectContaining({ problem: 'badParameter', code: 40_001 })

test.each([
  [{}, { gravity: 'centre' }],
  [{ gravity: 'attention' }, { gravity: 'attention' }],
  [{ gravity: 'entropy' }, { gravity: 'entropy' }],
  [{ crop: '10,20,300,400' }, { crop: { x: 10, y: 20, width: 300, height: 400 } }],
  [{ unknown: 'x' }, { gravity: 'centre' }],
])('%j is %j', (query, framing) => {
  expect(framingOf(query)).toEqual(framing)
})

test.each([
  { crop: '' },
  { crop: '1,2,3' },
  { crop: '1,2,0,4' },
  { gravity: '' },
  { gravity: 'north' },
  { crop: '1,2,3,4', gravity: 'centre' },
  { crop: ['1,2,3,4', '1,2,3,4'] },
  { gravity: ['centre', 'entropy'] },
])('%j is a bad parameter', (query) => {
  expect(() => framingOf(query)).toThrow(badParameter)
})
