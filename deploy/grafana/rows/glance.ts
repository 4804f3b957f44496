import { gauge, ofQueue, perSecond, quantile, type Row } from '../panel.ts'

const changes = 'method=~"PUT|DELETE",'
const ours = `${changes}code=~"500|503|50001|50004",`

export const glance: Row = {
  title: 'At a glance',
  panels: [
    {
      title: 'Uploads accepted',
      about: 'Bytes that are safe in the bucket, and will come to an outcome',
      kind: 'number',
      width: 4,
      unit: 'cps',
      queries: [[perSecond('accept_bytes_count'), 'a second']],
    },
    {
      title: 'Changes that we failed',
      about:
        'Share of uploads and removals answered with 500, 503, 50001 or 50004: our fault, not the client’s',
      kind: 'number',
      width: 4,
      unit: 'percentunit',
      queries: [
        [
          `(${perSecond('http_requests_total', '', ours)} or vector(0)) / (${perSecond('http_requests_total', '', changes)} > 0)`,
          'failed',
        ],
      ],
      alarming: [0.01, 0.05],
    },
    {
      title: 'Accepted within',
      about: 'p95, from the last byte of an upload to its acceptance',
      kind: 'number',
      width: 4,
      unit: 's',
      queries: [[quantile(0.95, 'accept_duration_seconds'), 'p95']],
      alarming: [0.5, 2],
    },
    {
      title: 'Ready within',
      about: 'p95, from acceptance to the picture that everybody sees',
      kind: 'number',
      width: 4,
      unit: 's',
      queries: [[quantile(0.95, 'accepted_to_outcome_seconds', '', 'outcome="ready",'), 'p95']],
      alarming: [10, 30],
    },
    {
      title: 'Oldest upload in the queue',
      about: 'Since its acceptance. Empty: no API reaches Redis',
      kind: 'number',
      width: 4,
      unit: 's',
      queries: [[ofQueue('queue_oldest_seconds'), 'oldest']],
      alarming: [60, 300],
    },
    {
      title: 'Parts away',
      about: 'How many of Postgres, Redis and the object store some process cannot use',
      kind: 'number',
      width: 4,
      unit: 'short',
      queries: [
        [`sum(min by (dependency) (${gauge('visage_dependency_up')}) == bool 0)`, 'unavailable'],
      ],
      alarming: [1, 1],
    },
  ],
}
