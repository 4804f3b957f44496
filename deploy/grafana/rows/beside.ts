import { perSecond, type Row } from '../panel.ts'

export const beside: Row = {
  title: 'Beside the uploads',
  panels: [
    {
      title: 'Telling the webhook',
      about:
        'Attempts a second. Refused: an answer that is no 2xx; failed: none. Both are made again',
      kind: 'stacked',
      width: 12,
      unit: 'cps',
      queries: [[perSecond('announcements_total', 'outcome'), '{{outcome}}']],
    },
    {
      title: 'Rendering anew',
      about: 'Pictures a second, by outcome; they are taken when no upload waits',
      kind: 'stacked',
      width: 12,
      unit: 'cps',
      queries: [[perSecond('rerenders_total', 'outcome'), '{{outcome}}']],
    },
  ],
}
