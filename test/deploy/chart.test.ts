import { describe, expect, test } from 'vitest'
import { apiSettings, readConfig as readApiConfig } from '../../apps/api/src/config.ts'
import {
  provisionSettings,
  readConfig as readProvisionConfig,
} from '../../apps/worker/src/commands/provision.ts'
import { readConfig as readWorkerConfig, workerSettings } from '../../apps/worker/src/config.ts'
import { CASES, type Case, envOf, LEAST, MOST, withChart } from '../support/deploy/chart.ts'
import { schemaProblems, unknownMembers } from '../support/deploy/manifests.ts'
import { namesOf } from '../support/deploy/settings.ts'

/** What docs/deployment.md has put into the Secrets. */
const FROM_SECRETS = {
  DATABASE_URL: 'postgres://visage@postgres/visage',
  REDIS_URL: 'redis://redis',
  S3_ACCESS_KEY: 'key',
  S3_SECRET_KEY: 'secret',
  JWT_SECRET: 's'.repeat(32),
}

withChart('the chart', (chart) => {
  describe.each(Object.keys(CASES) as Case[])('with the %s of values', (key) => {
    test('passes the linter', () => {
      expect(chart.helm.lint(CASES[key])).toContain('0 chart(s) failed')
    })

    test('passes the schemas of Kubernetes, KEDA and the Prometheus operator', async () => {
      expect(await schemaProblems(chart.all(key))).toEqual([])
    })

    test('has no member that these schemas do not define', () => {
      expect(unknownMembers(chart.all(key))).toBe('')
    })

    test('has no duplicate name', () => {
      const names = chart.all(key).map(({ kind, metadata }) => `${kind} ${metadata.name}`)
      expect(new Set(names).size).toBe(names.length)
    })
  })

  test('both checks detect errors', async () => {
    const service = chart.get('Service', 'visage-api')
    const { ports, ...rest } = service.spec
    const misspelt = { ...service, spec: { ...rest, prots: ports } }
    expect(unknownMembers([misspelt])).toMatch(/prots.* does not exist/)
    const wrong = { ...service, spec: { ...rest, ports: [{ port: 'eighty' }] } }
    expect(await schemaProblems([wrong])).toHaveLength(1)
  })

  test.each([
    ['api', apiSettings, readApiConfig],
    ['worker', workerSettings, readWorkerConfig],
    // What is set for all may be read by the others only.
    ['provision', { ...apiSettings, ...workerSettings, ...provisionSettings }, readProvisionConfig],
  ] as const)('%s is given settings that are known, and can start with', (part, settings, read) => {
    const env = envOf(chart, part, 'most')
    expect(Object.keys(env).filter((one) => !namesOf(settings).includes(one))).toEqual([])
    expect(read({ ...env, ...FROM_SECRETS })).toMatchObject({
      s3Endpoint: MOST.settings.S3_ENDPOINT,
    })
  })

  test.each(['api', 'worker', 'provision'])('%s gets every common setting', (part) => {
    expect(envOf(chart, part, 'most')).toHaveProperty('S3_PATH_STYLE', 'false')
  })

  test('a setting of one program overrides the common one and is passed on unchanged', () => {
    expect(envOf(chart, 'worker', 'most').LOG_LEVEL).toBe('warn')
    expect(envOf(chart, 'api', 'most')).toMatchObject({
      LOG_LEVEL: 'debug',
      MAX_OUTCOME_WAITERS: '500000',
    })
  })

  test.each([
    ['no secret is named', {}, 'secrets'],
    ['a setting is no text', { ...LEAST, settings: { MAX_SIDE: 16384 } }, 'MAX_SIDE'],
    ['a word is misspelt', { ...LEAST, api: { replica: 3 } }, 'replica'],
    ['no worker would be left', { ...LEAST, worker: { keda: { minReplicas: 0 } } }, 'minReplicas'],
    ['an ingress has no host', { ...LEAST, ingress: { enabled: true } }, 'host'],
  ])('it is refused where %s', (_, values, message) => {
    expect(chart.helm.refusal(values)).toContain(message)
  })
})
