import { expect, test } from 'vitest'
import { waitPreference } from '../../../../apps/api/src/uploads/prefer-wait.ts'

test.each([
  ['wait=1', 1],
  ['wait=30', 30],
  ['wait=007', 7],
  ['WAIT=5', 5],
  [' wait = 5 ', 5],
  ['wait="15"', 15],
  ['wait=5; foo=bar', 5],
  ['respond-async, wait=29; foo="bar"', 29],
  ['wait=28, wait=7', 28],
])('%j waits for %i seconds', (header, seconds) => {
  expect(waitPreference(header)).toBe(seconds)
})

test.each([
  ...['', 'respond-async', 'wait', 'wait=', 'wait=""', 'wait=0', 'wait=-1', 'wait=1.5', 'wait=5s'],
  ...['wait=s5', 'wait="5', 'wait=5"', 'awaits=9', 'wait5', '=5', 'x=wait=5', 'wait=1234567890'],
])('%j waits for nothing', (header) => {
  expect(waitPreference(header)).toBeUndefined()
})

test.each(['wait=31', 'wait=999999999'])(
  '%j is refused, and the message names the bound',
  (header) => {
    expect(() => waitPreference(header)).toThrow(
      expect.objectContaining({
        problem: 'badParameter',
        message: expect.stringContaining('30 seconds'),
      }),
    )
  },
)
