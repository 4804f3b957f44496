import { ofQueue, perSecond, type Row } from '../panel.ts'

export const queue: Row = {
  title: 'Queue',
  panels: [
    {
      title: 'Jobs in the queue',
      about:
        'Retrying ones wait for their next attempt; deferred ones for uploads to go first; failed ones for the sweep',
      kind: 'stacked',
      width: 8,
      unit: 'short',
      queries: [[ofQueue('queue_jobs', 'state'), '{{state}}']],
    },
    {
      title: 'Age of the oldest upload',
      about:
        'Since its acceptance, at the head of the queue. A line that climbs: nobody works, or nothing succeeds',
      kind: 'lines',
      width: 8,
      unit: 's',
      queries: [[ofQueue('queue_oldest_seconds'), 'oldest']],
    },
    {
      title: 'In and out',
      about: 'Uploads a second: what comes in has to go out',
      kind: 'lines',
      width: 8,
      unit: 'cps',
      queries: [
        [perSecond('accept_bytes_count'), 'accepted'],
        [perSecond('accepted_to_outcome_seconds_count'), 'ended'],
      ],
    },
    {
      title: 'Failed attempts',
      about: 'Trouble of ours: each is made again. A picture’s own fault is no failure',
      kind: 'lines',
      width: 8,
      unit: 'cps',
      queries: [
        [perSecond('attempts_failed_total'), 'failed'],
        [perSecond('attempt_duration_seconds_count', 'job'), '{{job}}, all'],
      ],
    },
    {
      title: 'Accepted without queue',
      about: 'Uploads whose job could not be added: Redis was away, and the sweep queues them',
      kind: 'lines',
      width: 8,
      unit: 'cps',
      queries: [[perSecond('accepted_without_queue_total'), 'accepted']],
    },
    {
      title: 'What the sweep found',
      about: 'Raw objects older than SWEEP_AFTER, by what became of them',
      kind: 'stacked',
      width: 8,
      unit: 'cps',
      queries: [[perSecond('sweep_total', 'decision'), '{{decision}}']],
    },
  ],
}
