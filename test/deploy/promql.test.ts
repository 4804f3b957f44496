import { expect, test } from 'vitest'
import { strangeIn } from '../support/deploy/promql.ts'

test.each([
  'sum(rate(visage_http_requests_total{method="PUT",code=~"500|503"}[5m]))',
  'histogram_quantile(0.95, sum by (le) (rate(visage_accept_duration_seconds_bucket[5m])))',
  'process_resident_memory_bytes{job=~"$job"} and on (job) visage_build_info{app="api"}',
])('what is there is not strange: %s', (expr) => {
  expect(strangeIn(expr)).toEqual([])
})

test.each([
  ['rate(visage_http_request_total[5m])', 'no metric is called visage_http_request_total'],
  ['visage_accept_duration_seconds', 'no metric is called visage_accept_duration_seconds'],
  ['visage_outcomes_total{outcome="ready"}', 'no metric is called visage_outcomes_total'],
  ['visage_sweep_total{outcome="ready"}', 'visage_sweep_total has no label outcome'],
  ['visage_queue_jobs{state="failing"}', 'state of visage_queue_jobs is never failing'],
  [
    'up + visage_rejections_total{reason=~"corrupt|mean"}',
    'reason of visage_rejections_total is never mean',
  ],
])('%s: %s', (expr, sentence) => {
  expect(strangeIn(expr)).toContain(sentence)
})

test('invalid PromQL is refused', () => {
  expect(() => strangeIn('sum by (code) (rate(visage_sweep_total[5m])')).toThrow('no PromQL')
})
