import { perSecond, type Row } from '../panel.ts'

export const background: Row = {
  title: 'Background work',
  panels: [
    {
      title: 'Webhook deliveries',
      about:
        'Attempts per second. Refused: the receiver answered with a status other than 2xx. Failed: it did not answer. Visage retries both',
      kind: 'stacked',
      width: 12,
      unit: 'cps',
      queries: [[perSecond('announcements_total', 'outcome'), '{{outcome}}']],
    },
    {
      title: 'Rerendering',
      about: 'Pictures per second, by outcome. Uploads have priority',
      kind: 'stacked',
      width: 12,
      unit: 'cps',
      queries: [[perSecond('rerenders_total', 'outcome'), '{{outcome}}']],
    },
  ],
}
