import { readFileSync } from 'node:fs'
import { DCLinter } from 'dclint'
import { describe, expect, test } from 'vitest'
import { apiSettings, readConfig as readApiConfig } from '../../apps/api/src/config.ts'
import {
  provisionSettings,
  readConfig as readProvisionConfig,
} from '../../apps/worker/src/commands/provision.ts'
import { readConfig as readWorkerConfig, workerSettings } from '../../apps/worker/src/config.ts'
import { compose, environmentOf, type Service, variables } from '../support/deploy/compose.ts'
import { root, stages } from '../support/deploy/dockerfile.ts'
import { namesOf } from '../support/deploy/settings.ts'

const services = Object.entries(compose.services)
const ours = services.filter(([, { build }]) => build)
const need = Object.fromEntries(
  variables
    .filter(({ needed }) => needed)
    .map(({ name }) => [name, `the-${name}-of-32-characters-or-more`]),
)

/** Rules of taste, and one that takes a variable for a missing address. */
const OFF = [
  'service-keys-order',
  'services-alphabetical-order',
  'top-level-properties-order',
  'no-quotes-in-volumes',
  'no-build-and-image',
  'no-unbound-port-interfaces',
]

test('the file passes the schema of the Compose specification and the linter', () => {
  const rules = Object.fromEntries(OFF.map((rule) => [rule, 0]))
  const linter = new DCLinter({ rules, exclude: [], quiet: false, debug: false })
  const [found] = linter.lintFiles([`${root}docker-compose.yml`], false)
  expect(found?.messages).toEqual([])
})

test.each([
  ['api', apiSettings, readApiConfig],
  ['worker', workerSettings, readWorkerConfig],
  ['provision', provisionSettings, readProvisionConfig],
] as const)('%s is given settings that it reads, and can start with', (service, settings, read) => {
  const env = environmentOf(service, need)
  expect(Object.keys(env).filter((name) => !namesOf(settings).includes(name))).toEqual([])
  expect(read(env)).toMatchObject({ s3Bucket: 'visage' })
})

/** Variables with optional features. */
const OF_CHOICE = /^(OPS|WEBHOOK)_/

describe('secrets', () => {
  test('have no default and a message that says where to set them', () => {
    const secrets = variables.filter(
      ({ name }) => /SECRET|PASSWORD/.test(name) && !OF_CHOICE.test(name),
    )
    for (const { name, needed } of secrets) expect([name, needed]).toEqual([name, true])
    expect(() => environmentOf('api', {})).toThrow('put POSTGRES_PASSWORD into .env')
  })

  test('of the API and of the workers differ, and neither has the root key', () => {
    const [api, worker] = [environmentOf('api', need), environmentOf('worker', need)]
    expect(api.S3_SECRET_KEY).not.toBe(worker.S3_SECRET_KEY)
    expect(Object.values({ ...api, ...worker })).not.toContain(need.S3_ROOT_SECRET)
    expect(Object.values(worker)).not.toContain(need.JWT_SECRET)
  })

  test('are excluded from the image and from git', () => {
    expect(readFileSync(`${root}.dockerignore`, 'utf8').split('\n')[0]).toBe('*')
    expect(readFileSync(`${root}.gitignore`, 'utf8').split('\n')).toContain('.env')
  })
})

test('docs/deployment.md lists every variable of the file', () => {
  const page = readFileSync(`${root}docs/deployment.md`, 'utf8')
  for (const { name } of variables) expect(page).toContain(`\`${name}\``)
})

test('only the API publishes a port, by default on this machine only', () => {
  const published = services.filter(([, { ports }]) => ports)
  expect(published.map(([name, { ports }]) => [name, ports])).toEqual([
    ['api', [expect.stringMatching(/^\$\{API_ADDRESS:-127\.0\.0\.1\}:.*:3000$/)]],
  ])
  for (const [name, { networks }] of services)
    expect(networks).toEqual(name === 'api' ? ['front', 'back'] : ['back'])
  expect(compose.networks.back).toEqual({ internal: true })
})

test('any number of workers can run', () => {
  const { container_name, ports, volumes } = compose.services.worker as Service
  expect([container_name, ports, volumes]).toEqual([undefined, undefined, undefined])
})

test.each(services)('%s has only the rights that it needs', (_, service) => {
  expect(service).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
  expect(service).not.toHaveProperty('privileged')
  expect(service).not.toHaveProperty('cap_add')
})

test.each(ours)('%s has a read-only file system and is a stage of the Dockerfile', (_, service) => {
  expect(service).toMatchObject({ read_only: true, tmpfs: ['/tmp'] })
  expect([...stages.keys()]).toContain(service.build?.target)
})

test.each(services)('%s has a pinned version', (_, { image }) => {
  expect(image).toMatch(/^[\w./-]+:(?!latest)(\$\{VERSION:-local\}|[\w.-]*\d[\w.-]*)$/)
})

test('every dependency has a health check or exits', () => {
  for (const [, { depends_on = {} }] of services) {
    for (const [name, { condition }] of Object.entries(
      depends_on as Record<string, { condition: string }>,
    )) {
      const { healthcheck, restart } = compose.services[name] as Service
      if (condition === 'service_healthy') expect(healthcheck).toHaveProperty('test')
      else expect([condition, restart]).toEqual(['service_completed_successfully', 'no'])
    }
  }
})

const secondsOf = (text: unknown) => Number(`${text}`.replace(/s$/, ''))

test('the stop grace period of a container is longer than STOP_TIMEOUT', () => {
  const stopTimeout = apiSettings.stopTimeout.parse(
    apiSettings.stopTimeout.fallback ?? '',
  ) as number
  for (const name of ['api', 'worker'])
    expect(secondsOf(compose.services[name]?.stop_grace_period)).toBeGreaterThan(stopTimeout / 1000)
})

test('Redis has an append-only file and no eviction', () => {
  const settings = environmentOf('valkey', need).SETTINGS
  expect(settings).toMatch(/^appendonly yes$/m)
  expect(settings).toMatch(/^maxmemory-policy noeviction$/m)
  expect(settings).toContain(`requirepass ${need.REDIS_PASSWORD}\n`)
})
