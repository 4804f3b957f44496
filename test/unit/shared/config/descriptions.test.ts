import type { Setting } from '@visage/shared/config/setting'
import { expect, test } from 'vitest'
import { apiSettings } from '../../../../apps/api/src/config.ts'
import { provisionSettings } from '../../../../apps/worker/src/commands/provision.ts'
import { workerSettings } from '../../../../apps/worker/src/config.ts'

const settings: readonly Setting<unknown>[] = [
  ...Object.values(apiSettings),
  ...Object.values(workerSettings),
  ...Object.values(provisionSettings),
]

test.each(settings)('$name is described in one to three sentences', ({ description }) => {
  const sentences = description.split(/(?<=\.) (?=[A-Z`])/)
  expect(sentences.length).toBeLessThanOrEqual(3)
  expect(description).toMatch(/^[A-Z].*\.$/)
})

test.each(settings)('the format of $name continues "must be"', ({ format }) => {
  expect(format).not.toMatch(/^(A|An|The) |\.$/)
})
