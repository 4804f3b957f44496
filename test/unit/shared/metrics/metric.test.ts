import { combinations } from '@visage/shared/metrics/labels'
import { counter, gauge, histogram, type MetricDefinition } from '@visage/shared/metrics/metric'
import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { describe, expect, test } from 'vitest'

const colour = ['red', 'green'] as const
const shape = ['round', 'square'] as const

const registry = new MetricsRegistry()

const create = <Metric>(metric: MetricDefinition<Metric>): Metric =>
  registry.create({ metric }).metric

const lines = async (name: string) =>
  (await registry.text()).split('\n').filter((line) => line.startsWith(`visage_${name}`))

describe('the combinations of labels', () => {
  test.each([
    ['of none is one without any', {}, [{}]],
    ['of one are its values', { colour }, [{ colour: 'red' }, { colour: 'green' }]],
    ['of one open label are none', { colour: 'what was painted' }, []],
    ['of two labels, one of them open, are none', { colour, shape: 'what was cut' }, []],
  ])('%s', (_, labels, expected) => {
    expect(combinations(labels)).toEqual(expected)
  })

  test('of two labels are all pairs', () => {
    expect(combinations({ colour, shape })).toHaveLength(4)
  })
})

describe('a counter', () => {
  test('starts at 0 with every combination of labels', async () => {
    create(counter('painted_total', 'Things painted', { colour }))
    expect(await lines('painted')).toEqual([
      'visage_painted_total{colour="red"} 0',
      'visage_painted_total{colour="green"} 0',
    ])
  })

  test('increases by one or by the given amount', async () => {
    const cut = create(counter('cut_total', 'Things cut'))
    cut.inc()
    cut.inc(4)
    expect(await lines('cut')).toEqual(['visage_cut_total 5'])
  })

  test('with open label values appears with its first count', async () => {
    const named = create(counter('named_total', 'Things named', { colour: 'as it was called' }))
    expect(await lines('named')).toEqual([])
    named.inc({ colour: 'mauve' })
    expect(await lines('named')).toEqual(['visage_named_total{colour="mauve"} 1'])
  })
})

describe('a cleared gauge is absent', () => {
  test('without labels', async () => {
    const heat = create(gauge('heat_celsius', 'How hot it is'))
    heat.set(21)
    expect(await lines('heat')).toEqual(['visage_heat_celsius 21'])
    heat.clear()
    expect(await lines('heat')).toEqual([])
    heat.set(0)
    expect(await lines('heat')).toEqual(['visage_heat_celsius 0'])
  })

  test('with labels', async () => {
    const wet = create(gauge('wet', 'What is wet', { colour }))
    wet.set({ colour: 'red' }, 1)
    wet.clear()
    expect(await lines('wet')).toEqual([])
  })
})

test('a histogram starts with every combination of labels', async () => {
  const weighed = create(histogram('weight_grams', 'What was weighed', [1, 10], { shape }))
  weighed.observe({ shape: 'round' }, 5)
  const counts = (await lines('weight_grams_count')).map((line) => line.split(' ').at(-1))
  expect(counts).toEqual(['1', '0'])
  expect(await lines('weight_grams_bucket{le="10",shape="round"}')).toHaveLength(1)
})
