import { CHOSEN, gauge, mean, perSecond, type Row } from '../panel.ts'

export const health: Row = {
  title: 'Health',
  panels: [
    {
      title: 'Dependencies, as each process reaches them',
      about: '1: available, 0: unavailable',
      kind: 'lines',
      width: 8,
      unit: 'short',
      queries: [[gauge('visage_dependency_up'), '{{dependency}} from {{instance}}']],
    },
    {
      title: 'Event loop',
      about: 'p99 of the delay, by process. An idle process shows 10 ms',
      kind: 'lines',
      width: 8,
      unit: 's',
      queries: [[gauge('nodejs_eventloop_lag_p99_seconds'), '{{instance}}']],
    },
    {
      title: 'CPU',
      about: 'Cores in use, by process. Without render processes',
      kind: 'lines',
      width: 8,
      unit: 'short',
      queries: [[`rate(process_cpu_seconds_total{${CHOSEN}}[$__rate_interval])`, '{{instance}}']],
    },
    {
      title: 'Resident memory',
      about: 'By process. Without render processes',
      kind: 'lines',
      width: 8,
      unit: 'bytes',
      queries: [[gauge('process_resident_memory_bytes'), '{{instance}}']],
    },
    {
      title: 'Garbage collection',
      about: 'Share of time in garbage collection, by process',
      kind: 'lines',
      width: 8,
      unit: 'percentunit',
      queries: [
        [
          `sum by (instance) (rate(nodejs_gc_duration_seconds_sum{${CHOSEN}}[$__rate_interval]))`,
          '{{instance}}',
        ],
      ],
    },
    {
      title: 'Processes and releases',
      about: 'Number of processes of each release',
      kind: 'stacked',
      width: 8,
      unit: 'short',
      queries: [[`count by (app, version) (${gauge('visage_build_info')})`, '{{app}} {{version}}']],
    },
    {
      title: 'Bucket and database differ',
      about: 'Missing objects of a row, and variants that no row references',
      kind: 'lines',
      width: 6,
      unit: 'cps',
      queries: [
        [perSecond('missing_objects_total'), 'missing when requested'],
        [perSecond('audit_total', 'finding'), 'audit: {{finding}}'],
      ],
    },
    {
      title: 'Time since each task last succeeded',
      about: 'Purge, sweep and audit, on any worker, with the interval of each',
      kind: 'lines',
      width: 6,
      unit: 's',
      queries: [
        [
          `time() - max by (task) (${gauge('visage_maintenance_last_success_timestamp_seconds')})`,
          '{{task}}',
        ],
        [`max by (task) (${gauge('visage_maintenance_interval_seconds')})`, '{{task}} is due'],
      ],
    },
    {
      title: 'Duration of a run',
      about: 'Mean of each task. A sweep takes longer if there are many old raw objects',
      kind: 'lines',
      width: 6,
      unit: 's',
      queries: [[mean('maintenance_duration_seconds', 'task'), '{{task}}']],
    },
    {
      title: 'Maintenance',
      about: 'Purged pictures and failed task runs, per second',
      kind: 'lines',
      width: 6,
      unit: 'cps',
      queries: [
        [perSecond('purged_pictures_total'), 'purged'],
        [perSecond('maintenance_failures_total', 'task'), '{{task}} failed'],
      ],
    },
  ],
}
