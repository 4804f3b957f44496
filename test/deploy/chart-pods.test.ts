import { expect, test } from 'vitest'
import { workerSettings } from '../../apps/worker/src/config.ts'
import { START_TIMEOUT, WALL_CLOCK_FACTOR } from '../../apps/worker/src/renderer/renderer.ts'
import { envOf, podOf, withChart } from '../support/deploy/chart.ts'

withChart('in the chart', (chart) => {
  test.each(['api', 'worker', 'provision'])('%s runs with minimal rights', (part) => {
    const pod = podOf(chart, part)
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    })
    expect(pod.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(pod.containers[0].envFrom).toEqual([{ secretRef: { name: part[0] } }])
  })

  test.each(['api', 'worker'])('the probes of %s use a port that it listens on', (part) => {
    const [container] = podOf(chart, part).containers
    const ops = container.ports.find((port: { name: string }) => port.name === 'ops').containerPort
    expect(envOf(chart, part)[part === 'api' ? 'OPS_PORT' : 'WORKER_OPS_PORT']).toBe(`${ops}`)
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'ops' })
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'ops' })
  })

  test('a worker has the time of the longest job to stop', () => {
    const seconds = workerSettings.renderSeconds.parse(
      workerSettings.renderSeconds.fallback ?? '',
    ) as number
    const stop = workerSettings.stopTimeout.parse(
      envOf(chart, 'worker').STOP_TIMEOUT ?? '',
    ) as number
    expect(stop).toBeGreaterThan(START_TIMEOUT + seconds * 1000 * WALL_CLOCK_FACTOR)
    expect(podOf(chart, 'worker').terminationGracePeriodSeconds * 1000).toBeGreaterThan(stop)
  })

  test('the API has time to leave the Service and then to stop', () => {
    const { STOP_DELAY = '', STOP_TIMEOUT = '' } = envOf(chart, 'api')
    const [delay, timeout] = [STOP_DELAY, STOP_TIMEOUT].map((text) =>
      Number(text.replace(/s$/, '')),
    )
    expect(delay).toBeGreaterThan(0)
    expect(timeout).toBeGreaterThan(delay as number)
    expect(podOf(chart, 'api').terminationGracePeriodSeconds).toBeGreaterThan(timeout as number)
  })

  test('the memory of a worker suffices for its concurrent renders', () => {
    const one = workerSettings.renderMemory.parse(
      workerSettings.renderMemory.fallback ?? '',
    ) as number
    const { limits } = podOf(chart, 'worker').containers[0].resources
    const GiB = 2 ** 30
    expect(Number.parseFloat(limits.memory) * GiB).toBeGreaterThanOrEqual(
      Number(envOf(chart, 'worker').RENDERERS) * one + 256 * 2 ** 20,
    )
  })

  test('the schema exists before the pods that need it, and the dependencies of its job before that', () => {
    const hook = (kind: string) => chart.get(kind, 'visage-provision').metadata.annotations ?? {}
    for (const kind of ['Job', 'NetworkPolicy'])
      expect(hook(kind)['helm.sh/hook']).toBe('pre-install,pre-upgrade')
    expect(Number(hook('NetworkPolicy')['helm.sh/hook-weight'])).toBeLessThan(
      Number(hook('Job')['helm.sh/hook-weight']),
    )
  })
})
