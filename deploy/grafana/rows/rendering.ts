import { CHOSEN, gauge, mean, perSecond, quantile, type Row } from '../panel.ts'

export const rendering: Row = {
  title: 'Rendering',
  panels: [
    {
      title: 'Outcomes',
      about:
        'Uploads a second. Failed: the bytes of an accepted upload are gone, which must not be',
      kind: 'stacked',
      width: 8,
      unit: 'cps',
      queries: [[perSecond('accepted_to_outcome_seconds_count', 'outcome'), '{{outcome}}']],
    },
    {
      title: 'Why pictures are rejected',
      about:
        'By reason. unprocessable: it ended its render process three times, and is in quarantine',
      kind: 'stacked',
      width: 8,
      unit: 'cps',
      queries: [[perSecond('rejections_total', 'reason'), '{{reason}}']],
    },
    {
      title: 'Where the time of a picture goes',
      about: 'Mean of each step in the render process, for all sizes of a picture',
      kind: 'stacked',
      width: 8,
      unit: 's',
      queries: [[mean('render_step_duration_seconds', 'step'), '{{step}}']],
    },
    {
      title: 'Where the time of an attempt goes',
      about: 'p95 of each step: Postgres, the object store, and rendering in total',
      kind: 'lines',
      width: 8,
      unit: 's',
      queries: [[quantile(0.95, 'step_duration_seconds', 'step'), '{{step}}']],
    },
    {
      title: 'Render processes',
      about: 'Add workers if all are busy for long while jobs wait',
      kind: 'stacked',
      width: 8,
      unit: 'short',
      queries: [[`sum by (state) (${gauge('visage_renderers')})`, '{{state}}']],
    },
    {
      title: 'Crashes of render processes',
      about: 'In five minutes. A picture is rejected after its third crash',
      kind: 'lines',
      width: 8,
      unit: 'short',
      queries: [
        [
          `sum by (instance) (increase(visage_renderer_crashes_total{${CHOSEN}}[5m]))`,
          '{{instance}}',
        ],
      ],
    },
    {
      title: 'Memory of the render processes',
      about: 'Sum by worker, after the last picture of each process',
      kind: 'lines',
      width: 12,
      unit: 'bytes',
      queries: [[gauge('visage_renderers_resident_memory_bytes'), '{{instance}}']],
    },
    {
      title: 'Largest render process',
      about: 'Peak of one process. RENDER_MEMORY limits it',
      kind: 'lines',
      width: 12,
      unit: 'bytes',
      queries: [[gauge('visage_renderer_peak_memory_bytes'), '{{instance}}']],
    },
  ],
}
