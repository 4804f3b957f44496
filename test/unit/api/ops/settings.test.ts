import { readSettings } from '@visage/shared/config/read'
import { expect, test } from 'vitest'
import { opsProblems, opsSettings } from '../../../../apps/api/src/ops/settings.ts'
import { configProblems } from '../../../support/domain/config-problems.ts'

const PASSWORD = 'correct horse'
const BOTH = { OPS_USER: 'ops', OPS_PASSWORD: PASSWORD }

const problemsOf = (env: NodeJS.ProcessEnv) =>
  configProblems(() => readSettings(opsSettings, env, opsProblems))

test('by default the dashboard is on loopback, read-only and without a password', () => {
  expect(readSettings(opsSettings, {}, opsProblems)).toMatchObject({
    opsHost: '127.0.0.1',
    dashboard: true,
    opsUser: undefined,
    opsWrite: false,
  })
})

test.each(['127.0.0.1', '127.9.9.9', 'localhost', 'LOCALHOST', '::1', '::ffff:127.0.0.1'])(
  'on %s it needs no credentials',
  (OPS_HOST) => expect(problemsOf({ OPS_HOST })).toEqual([]),
)

test.each(['0.0.0.0', '::', '10.0.0.7', 'ops.internal', 'localhost.example.org'])(
  'on %s it does not start without credentials, unless it is off',
  (OPS_HOST) => {
    expect(problemsOf({ OPS_HOST })).toEqual([
      'OPS_HOST is not a loopback address, so the queue dashboard needs a password. Set OPS_USER and OPS_PASSWORD, or DASHBOARD=false.',
    ])
    expect(problemsOf({ OPS_HOST, ...BOTH })).toEqual([])
    expect(problemsOf({ OPS_HOST, DASHBOARD: 'false' })).toEqual([])
  },
)

test.each(['OPS_USER', 'OPS_PASSWORD'] as const)('%s alone does not start', (name) => {
  const other = name === 'OPS_USER' ? 'OPS_PASSWORD' : 'OPS_USER'
  const problem = `${other} is not set. Set both OPS_USER and OPS_PASSWORD, or neither.`
  expect(problemsOf({ [name]: BOTH[name] })).toEqual([problem])
  expect(problemsOf({ [name]: BOTH[name], [other]: '' })).toEqual([problem])
})

test('a weak password or an invalid name fails the start and is not printed', () => {
  const weak = problemsOf({ ...BOTH, OPS_PASSWORD: 'short one' })
  expect(weak).toEqual([
    expect.stringMatching(/^OPS_PASSWORD must be a secret of at least 12 bytes/),
  ])
  expect(weak.join()).not.toContain('short one')
  expect(problemsOf({ ...BOTH, OPS_USER: 'a:b' })).toEqual([
    expect.stringMatching(/^OPS_USER must be a user name without a colon/),
  ])
})
