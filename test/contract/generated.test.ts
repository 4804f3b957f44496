import { expect, test } from 'vitest'
import { generated } from '../support/generated/generated.ts'

test.each(generated)('$name is what the code says; `npm run docs` writes it', (one) => {
  expect(one.current()).toBe(one.fresh())
})
