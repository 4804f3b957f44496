import { ofQueue, perSecond, type Row } from '../panel.ts'

export const queue: Row = {
  title: 'Queue',
  panels: [
    {
      title: 'Jobs in the queue',
      about:
        'Retrying jobs wait for their next attempt, deferred jobs until no upload waits, failed jobs for the sweep',
      kind: 'stacked',
      width: 8,
      unit: 'short',
      queries: [[ofQueue('queue_jobs', 'state'), '{{state}}']],
    },
    {
      title: 'Age of the oldest upload',
      about: 'Time since its acceptance. If the line climbs, no worker runs or no attempt succeeds',
      kind: 'lines',
      width: 8,
      unit: 's',
      queries: [[ofQueue('queue_oldest_seconds'), 'oldest']],
    },
    {
      title: 'Accepted and finished',
      about: 'Uploads per second, accepted and finished',
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
      about:
        'Attempts that failed on the service’s side. Each is retried. A faulty picture is not counted',
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
      about:
        'Accepted uploads whose job could not be added, because Redis was unavailable. The sweep adds the jobs',
      kind: 'lines',
      width: 8,
      unit: 'cps',
      queries: [[perSecond('accepted_without_queue_total'), 'accepted']],
    },
    {
      title: 'What the sweep found',
      about: 'Raw objects older than SWEEP_AFTER, by decision of the sweep',
      kind: 'stacked',
      width: 8,
      unit: 'cps',
      queries: [[perSecond('sweep_total', 'decision'), '{{decision}}']],
    },
  ],
}
