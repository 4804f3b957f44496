import { expect, test } from 'vitest'
import { withChart } from '../support/deploy/chart.ts'

withChart('around the pods of the chart', (chart) => {
  test('the Deployment sets no replicas if an autoscaler does', () => {
    for (const part of ['api', 'worker']) {
      expect(chart.get('Deployment', `visage-${part}`).spec.replicas).toBe(2)
      expect(chart.get('Deployment', `visage-${part}`, 'most').spec).not.toHaveProperty('replicas')
    }
  })

  test('KEDA reads the backlog from the API', () => {
    const { scaleTargetRef, triggers, minReplicaCount } = chart.get(
      'ScaledObject',
      'visage-worker',
      'most',
    ).spec
    expect(chart.get('Deployment', scaleTargetRef.name, 'most')).toBeDefined()
    expect(minReplicaCount).toBeGreaterThan(0)
    const [{ type, metadata }] = triggers
    expect([type, metadata.valueLocation]).toEqual(['metrics-api', 'work'])
    const url = new URL(metadata.url)
    const [service = '', namespace] = url.hostname.split('.')
    expect([namespace, url.pathname]).toEqual(['pictures', '/backlog'])
    const { ports, selector } = chart.get('Service', service, 'most').spec
    expect(ports).toEqual([{ name: 'ops', port: Number(url.port), targetPort: 'ops' }])
    expect(selector).toMatchObject({ 'app.kubernetes.io/component': 'api' })
  })

  test('a worker can reach only DNS and the three servers, and only monitoring can reach it', () => {
    const { egress, ingress } = chart.get('NetworkPolicy', 'visage-worker').spec
    const ports = egress.flatMap((rule: { ports: { port: number }[] }) =>
      rule.ports.map(({ port }) => port),
    )
    expect(ports).toEqual([53, 53, 5432, 6379, 9000])
    expect(ingress).toHaveLength(1)
    expect(ingress[0].from).not.toEqual([])
  })

  test('without configured sources no pod can reach an ops port', () => {
    expect(chart.get('NetworkPolicy', 'visage-worker', 'closed').spec.ingress ?? []).toEqual([])
    const { ingress } = chart.get('NetworkPolicy', 'visage-api', 'closed').spec
    expect(ingress).toEqual([{ ports: [{ protocol: 'TCP', port: 'http' }] }])
  })
})
