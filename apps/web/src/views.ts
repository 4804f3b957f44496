import { byId, showOnly } from './dom.ts'

/** The view of the page. It determines the heading and the visible elements. */
export type View = 'loading' | 'picture' | 'framing' | 'unseen' | 'sending' | 'working'

interface ViewLayout {
  readonly title: string
  /** Ids of the visible elements among ELEMENTS. */
  readonly shows: readonly string[]
}

/** Ids of the elements that only some views show. */
const ELEMENTS = [
  'portrait',
  'cropper',
  'framing',
  'progress',
  'choose',
  'send',
  'cancel',
  'gravatar',
  'drop-hint',
]

const layouts: Readonly<Record<View, ViewLayout>> = {
  loading: { title: 'Your picture', shows: ['portrait'] },
  picture: { title: 'Your picture', shows: ['portrait', 'choose', 'gravatar', 'drop-hint'] },
  framing: { title: 'Set the frame', shows: ['cropper', 'framing', 'send', 'cancel'] },
  unseen: { title: 'No preview', shows: ['portrait', 'send', 'cancel'] },
  sending: { title: 'Sending your picture', shows: ['portrait', 'progress', 'cancel'] },
  working: {
    title: 'Preparing your picture',
    shows: ['portrait', 'progress', 'choose', 'drop-hint'],
  },
}

let current: View = 'loading'

export const currentView = (): View => current

/** Shows a view. With `focus`, the keyboard and screen readers continue at its heading. */
export function showView(view: View, lead: string, focus = true): void {
  current = view
  const { title, shows } = layouts[view]
  byId('studio').dataset.view = view
  byId('title').textContent = title
  byId('lead').textContent = lead
  showOnly(ELEMENTS, shows)
  byId('choose').classList.toggle('primary', view === 'picture')
  byId('sizes').hidden ||= view === 'framing' || view === 'sending'
  byId('appearances-title').textContent = view === 'picture' ? 'How it looks' : 'How it will look'
  if (view !== 'picture') byId('remove').hidden = true
  if (focus) byId('title').focus({ preventScroll: true })
}

const ORDER = ['sending', 'queued', 'processing', 'ready'] as const
export type Step = (typeof ORDER)[number]

/** @param fraction of the step that is complete, from 0 to 1; undefined shows an indeterminate bar */
export function showStep(step: Step, label: string, figures: string, fraction?: number): void {
  byId('progress-label').textContent = label
  byId('progress-figures').textContent = figures
  const bar = byId('progress-bar', 'progress')
  if (fraction === undefined) bar.removeAttribute('value')
  else bar.value = fraction
  for (const item of byId('steps').children as HTMLCollectionOf<HTMLElement>) {
    const distance = ORDER.indexOf(item.dataset.step as Step) - ORDER.indexOf(step)
    item.dataset.is = distance < 0 ? 'done' : distance === 0 ? 'now' : 'ahead'
    if (distance === 0) item.setAttribute('aria-current', 'step')
    else item.removeAttribute('aria-current')
  }
}
