import { gauge, ofQueue, perSecond, quantile, type Row } from '../panel.ts'

const changes = 'method=~"PUT|DELETE",'
const ours = `${changes}code=~"500|503|50001|50004",`

export const glance: Row = {
  title: 'At a glance',
  panels: [
    {
      title: 'Uploads accepted',
      about: 'Uploads per second whose bytes are stored in the bucket',
      kind: 'number',
      width: 4,
      unit: 'cps',
      queries: [[perSecond('accept_bytes_count'), 'per second']],
    },
    {
      title: 'Failed changes',
      about:
        'Share of uploads and removals answered with 500, 503, 50001 or 50004, which are faults of the service',
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
      about: 'p95 from the last byte of an upload to its acceptance',
      kind: 'number',
      width: 4,
      unit: 's',
      queries: [[quantile(0.95, 'accept_duration_seconds'), 'p95']],
      alarming: [0.5, 2],
    },
    {
      title: 'Ready within',
      about: 'p95 from acceptance until the picture is public',
      kind: 'number',
      width: 4,
      unit: 's',
      queries: [[quantile(0.95, 'accepted_to_outcome_seconds', '', 'outcome="ready",'), 'p95']],
      alarming: [10, 30],
    },
    {
      title: 'Oldest upload in the queue',
      about: 'Time since its acceptance. Empty if no API reaches Redis',
      kind: 'number',
      width: 4,
      unit: 's',
      queries: [[ofQueue('queue_oldest_seconds'), 'oldest']],
      alarming: [60, 300],
    },
    {
      title: 'Dependencies down',
      about: 'Number of Postgres, Redis and object store that at least one process cannot reach',
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
