import { readFileSync } from 'node:fs'
import { afterAll, describe } from 'vitest'
import { parse } from 'yaml'
import { root } from './dockerfile.ts'
import { Helm, type Manifest } from './helm.ts'

/** Required values. */
export const LEAST = { secrets: { api: 'a', worker: 'w', provision: 'p' } }
export const MOST = {
  ...LEAST,
  image: { tag: '1.2.3', pullSecrets: [{ name: 'registry' }] },
  settings: { S3_ENDPOINT: 'https://s3.example.org', S3_PATH_STYLE: 'false', LOG_LEVEL: 'warn' },

  api: {
    autoscaling: { enabled: true },
    settings: { LOG_LEVEL: 'debug', MAX_OUTCOME_WAITERS: '500000' },
  },
  worker: { keda: { enabled: true } },
  ingress: {
    enabled: true,
    className: 'nginx',
    host: 'pictures.example.org',
    tlsSecret: 'tls',
    annotations: { 'example.org/body-size': '16m' },
  },
  networkPolicy: {
    http: { from: [{ podSelector: {} }] },
    apiEgress: [{ ports: [{ port: 443 }] }],
    workerEgress: [{ ports: [{ port: 8443 }] }],
  },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
}
/** First values in docs/deployment.md. */
const page = readFileSync(`${root}docs/deployment.md`, 'utf8')
const DOCUMENTED = parse(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '')
const CLOSED = { ...LEAST, networkPolicy: { servers: [], ops: { from: [] } } }
export const CASES = { least: LEAST, most: MOST, closed: CLOSED, documented: DOCUMENTED }

export type Case = keyof typeof CASES

/** Chart rendered with the values of each case. */
export interface Chart {
  readonly helm: Helm
  all(of: Case): readonly Manifest[]
  get(kind: string, name: string, of?: Case): Manifest
}

/** Defines tests of the chart. Without Helm they are skipped with the reason in their name. */
export function withChart(name: string, body: (chart: Chart) => void): void {
  if (Helm.available()) describe(name, () => body(openChart()))
  else describe.skip(`${name} (no Helm found: put one on the PATH)`, () => body(NO_CHART))
}

const NO_CHART = {} as Chart

function openChart(): Chart {
  const helm = new Helm()
  afterAll(() => helm.remove())
  const rendered = new Map<Case, Manifest[]>()
  const all = (of: Case) => {
    const manifests = rendered.get(of) ?? helm.render(CASES[of])
    rendered.set(of, manifests)
    return manifests
  }
  const get = (kind: string, name: string, of: Case = 'least') => {
    const found = all(of).find((one) => one.kind === kind && one.metadata.name === name)
    if (!found) throw new Error(`no ${kind} ${name}`)
    return found
  }
  return { helm, all, get }
}

/** Returns the pod spec of a Deployment or of the job. */
export function podOf({ get }: Chart, part: string, of?: Case) {
  const kind = part === 'provision' ? 'Job' : 'Deployment'
  return get(kind, `visage-${part}`, of).spec.template.spec
}

export function envOf(chart: Chart, part: string, of?: Case): Record<string, string> {
  const all: { name: string; value: string }[] = podOf(chart, part, of).containers[0].env ?? []
  return Object.fromEntries(all.map(({ name, value }) => [name, value]))
}
