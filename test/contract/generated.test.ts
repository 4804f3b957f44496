import { expect, test } from 'vitest'
import { generated } from '../support/generated/generated.ts'

test.each(generated)('$name matches the code; `npm run docs` updates it', (one) => {
  expect(one.current()).toBe(one.fresh())
})
