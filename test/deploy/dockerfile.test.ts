import { validate } from 'dockerfile-utils'
import { describe, expect, test } from 'vitest'
import {
  dockerfile,
  execForm,
  lastStep,
  layers,
  type Step,
  stages,
} from '../support/deploy/dockerfile.ts'

test('the linter finds nothing', () => {
  expect(validate(dockerfile)).toEqual([])
})

test('every base is a pinned image or an earlier stage', () => {
  for (const { base } of stages.values())
    if (!stages.has(base)) expect(base).toMatch(/^node:24\.\d+\.\d+-bookworm-slim$/)
})

test('packages are installed from the lockfile without scripts', () => {
  const installs = [...stages.values()]
    .flatMap(({ steps }) => steps)
    .filter(({ keyword, text }) => keyword === 'RUN' && /\bnpm\b/.test(text))
  expect(installs).toHaveLength(3)
  for (const { text } of installs) expect(text).toMatch(/^npm ci .*--ignore-scripts/s)
})

describe.each(['api', 'worker'])('the image of the %s', (name) => {
  const steps = layers(name).flatMap(({ steps }) => steps)

  test('runs as an unprivileged numeric user', () => {
    expect(lastStep(name, 'USER')?.text).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(steps.findLastIndex(({ keyword }) => keyword === 'RUN')).toBeLessThan(
      steps.findIndex(({ keyword }) => keyword === 'USER'),
    )
  })

  test('owns no writable file', () => {
    for (const { keyword, text } of steps)
      if (keyword === 'COPY') expect(text).not.toMatch(/--chown|--chmod/)
  })

  test('starts node directly, so that it gets signals', () => {
    expect(execForm(lastStep(name, 'CMD') as Step)[0]).toBe('node')
    expect(lastStep(name, 'ENTRYPOINT')).toBeUndefined()
  })
})
