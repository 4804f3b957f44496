import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './dockerfile.ts'
import type { Manifest } from './helm.ts'

/** Module of the model of each kind. */
const MODELS: Readonly<Record<string, string>> = {
  Deployment: 'kubernetes-models/apps/v1/Deployment',
  HorizontalPodAutoscaler: 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler',
  Ingress: 'kubernetes-models/networking.k8s.io/v1/Ingress',
  Job: 'kubernetes-models/batch/v1/Job',
  NetworkPolicy: 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy',
  PodDisruptionBudget: 'kubernetes-models/policy/v1/PodDisruptionBudget',
  ScaledObject: '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject',
  Service: 'kubernetes-models/v1/Service',
  ServiceMonitor: '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor',
}

/** Returns the errors by the JSON schemas of Kubernetes: missing members and invalid formats. */
export async function schemaProblems(manifests: readonly Manifest[]): Promise<string[]> {
  const problems = manifests.map(async (manifest) => {
    const { [manifest.kind]: Model } = await import(MODELS[manifest.kind] as string)
    try {
      new Model(manifest).validate()
      return []
    } catch (error) {
      return [`${manifest.kind} ${manifest.metadata.name}: ${error}`]
    }
  })
  return (await Promise.all(problems)).flat()
}

/**
 * Returns the errors by the types made from the same schemas. They reject unknown members, such as misspelt ones, which
 * the schemas accept.
 */
export function unknownMembers(manifests: readonly Manifest[]): string {
  const folder = join(root, 'node_modules', '.cache', `manifests-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'manifests.ts'), manifests.map(asLiteral).join(''))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
  ]
  const run = spawnSync(process.execPath, [tsc, ...options, join(folder, 'manifests.ts')], {
    encoding: 'utf8',
  })
  rmSync(folder, { recursive: true, force: true })
  return run.stdout + run.stderr
}

/** `const m0: import('…').IService = { … }` */
function asLiteral(manifest: Manifest, index: number): string {
  const type = `import('${MODELS[manifest.kind]}').I${manifest.kind}`
  return `export const m${index}: ${type} = ${JSON.stringify(manifest, null, 1)}\n`
}
