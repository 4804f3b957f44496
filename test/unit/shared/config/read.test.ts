import { ConfigError, readSettings, type Settings } from '@visage/shared/config/read'
import { formats, optional, required, secretOf, withDefault } from '@visage/shared/config/setting'
import { describe, expect, test } from 'vitest'
import { configProblems } from '../../../support/domain/config-problems.ts'

const settings = {
  port: withDefault('PORT', formats.port, '3000', 'Port to listen on.'),
  wait: withDefault('WAIT', formats.duration, '2s', 'Time to wait.'),
  url: required('DATABASE_URL', formats.postgresUrl, 'URL of the database.'),
  secret: required('JWT_SECRET', secretOf(32), 'Secret that signs the tokens.'),
  prefix: optional('API_PREFIX', formats.path, 'Prefix of all paths.'),
  debug: withDefault('DEBUG', formats.switch, 'false', 'Logs details.'),
} as const

const GOOD = { DATABASE_URL: 'postgres://db/visage', JWT_SECRET: 's'.repeat(32) }

const problemsOf = (table: Settings, env: NodeJS.ProcessEnv) =>
  configProblems(() => readSettings(table, env))

describe('a valid environment', () => {
  test('is parsed, with defaults for unset variables', () => {
    expect(readSettings(settings, GOOD)).toEqual({
      port: 3000,
      wait: 2000,
      url: GOOD.DATABASE_URL,
      secret: GOOD.JWT_SECRET,
      prefix: undefined,
      debug: false,
    })
  })

  test('an empty variable counts as unset', () => {
    const env = { ...GOOD, PORT: '', API_PREFIX: '', DEBUG: '' }
    expect(readSettings(settings, env)).toMatchObject({ port: 3000, prefix: undefined })
    expect(problemsOf(settings, { ...GOOD, JWT_SECRET: '' })).toHaveLength(1)
  })

  test('false and zero are valid values', () => {
    const env = { ...GOOD, PORT: '0', WAIT: '0s', DEBUG: 'false' }
    expect(readSettings(settings, env)).toMatchObject({ port: 0, wait: 0, debug: false })
  })

  test('unknown variables are ignored', () => {
    expect(problemsOf(settings, { ...GOOD, PATH: '/bin', PROT: 'typo' })).toEqual([])
  })
})

describe('an environment with problems', () => {
  const bad = {
    PORT: 'eighty',
    WAIT: '2',
    JWT_SECRET: 'hunter2',
    API_PREFIX: 'api',
    DEBUG: 'maybe',
  }

  test('reports all problems at once, each with its variable and format', () => {
    expect(problemsOf(settings, bad)).toEqual([
      'PORT must be a port number from 0 to 65535, such as 3000.',
      'WAIT must be a duration, such as 500ms, 60s, 10m, 1h or 7d.',
      'DATABASE_URL is not set. It must be a postgres:// or postgresql:// URL.',
      'JWT_SECRET must be a secret of at least 32 bytes.',
      'API_PREFIX must be a path without a slash at its end, such as /api/v4.',
      'DEBUG must be true or false.',
    ])
  })

  test('reports conflicting values together with invalid ones', () => {
    const together = (values: { port?: number; wait?: number }) => {
      expect(values).toMatchObject({ port: 80, wait: undefined })
      return ['PORT and WAIT do not go together']
    }
    expect(() => readSettings(settings, { ...GOOD, PORT: '80', WAIT: '2' }, together)).toThrow(
      /WAIT must be .*\n {2}- PORT and WAIT do not go together$/,
    )
  })

  test('reports none of its values', () => {
    const said = problemsOf(settings, { ...bad, DATABASE_URL: 'mysql://u:swordfish@db' }).join('\n')
    for (const value of ['eighty', 'hunter2', 'maybe', 'mysql', 'swordfish'])
      expect(said).not.toContain(value)
  })

  test('is one error with one line for each problem', () => {
    expect(() => readSettings(settings, bad)).toThrow(ConfigError)
    const error = new ConfigError(['A is wrong', 'B is wrong'])
    expect(error.message).toBe('The configuration is invalid:\n  - A is wrong\n  - B is wrong')
  })
})
