import { CHOSEN, gauge, mean, perSecond, type Row } from '../panel.ts'

export const health: Row = {
  title: 'Health',
  panels: [
    {
      title: 'Parts, as each process reaches them',
      about: '1 is there, 0 is away',
      kind: 'lines',
      width: 8,
      unit: 'short',
      queries: [[gauge('visage_dependency_up'), '{{dependency}} from {{instance}}']],
    },
    {
      title: 'Event loop',
      about: 'p99 of its delay, by process; 10 ms is an idle one',
      kind: 'lines',
      width: 8,
      unit: 's',
      queries: [[gauge('nodejs_eventloop_lag_p99_seconds'), '{{instance}}']],
    },
    {
      title: 'CPU',
      about: 'Cores in use, by process; render processes are not in it',
      kind: 'lines',
      width: 8,
      unit: 'short',
      queries: [[`rate(process_cpu_seconds_total{${CHOSEN}}[$__rate_interval])`, '{{instance}}']],
    },
    {
      title: 'Resident memory',
      about: 'By process; render processes are not in it',
      kind: 'lines',
      width: 8,
      unit: 'bytes',
      queries: [[gauge('process_resident_memory_bytes'), '{{instance}}']],
    },
    {
      title: 'Garbage collection',
      about: 'Share of the time that it takes, by process',
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
      about: 'How many there are of each',
      kind: 'stacked',
      width: 8,
      unit: 'short',
      queries: [[`count by (app, version) (${gauge('visage_build_info')})`, '{{app}} {{version}}']],
    },
    {
      title: 'What does not agree',
      about: 'Objects that a row names and that are missing, and variants that no row speaks for',
      kind: 'lines',
      width: 6,
      unit: 'cps',
      queries: [
        [perSecond('missing_objects_total'), 'missing when it was asked for'],
        [perSecond('audit_total', 'finding'), 'audit: {{finding}}'],
      ],
    },
    {
      title: 'Since each task last succeeded',
      about: 'Purge, sweep and audit, on whichever worker, and how often each is due',
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
      title: 'Time of a run',
      about: 'Mean of each task; a sweep takes as long as there are old raw objects',
      kind: 'lines',
      width: 6,
      unit: 's',
      queries: [[mean('maintenance_duration_seconds', 'task'), '{{task}}']],
    },
    {
      title: 'Upkeep',
      about: 'Pictures purged, and runs of tasks that failed, a second',
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
