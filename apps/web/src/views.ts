import { byId, showOnly } from './dom.ts'

/** What the panel is about; the rest of the page follows from it. */
export type View = 'loading' | 'picture' | 'framing' | 'unseen' | 'sending' | 'working'

interface Face {
  readonly title: string
  /** Which of the parts that come and go are there. */
  readonly shows: readonly string[]
}

const PARTS = [
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

const faces: Readonly<Record<View, Face>> = {
  loading: { title: 'Your picture', shows: ['portrait'] },
  picture: { title: 'Your picture', shows: ['portrait', 'choose', 'gravatar', 'drop-hint'] },
  framing: { title: 'Set the frame', shows: ['cropper', 'framing', 'send', 'cancel'] },
  unseen: { title: 'No preview', shows: ['portrait', 'send', 'cancel'] },
  sending: { title: 'Sending your picture', shows: ['portrait', 'progress', 'cancel'] },
  working: { title: 'Making it ready', shows: ['portrait', 'progress', 'choose', 'drop-hint'] },
}

let current: View = 'loading'

export const currentView = (): View => current

/** Turns the page to a view, its heading first: that is where the keyboard and a screen reader go on. */
export function turnTo(view: View, lead: string, focus = true): void {
  current = view
  const { title, shows } = faces[view]
  byId('studio').dataset.view = view
  byId('title').textContent = title
  byId('lead').textContent = lead
  showOnly(PARTS, shows)
  byId('choose').classList.toggle('primary', view === 'picture')
  byId('sizes').hidden ||= view === 'framing' || view === 'sending'
  byId('appearances-title').textContent = view === 'picture' ? 'How it looks' : 'How it will look'
  if (view !== 'picture') byId('remove').hidden = true
  if (focus) byId('title').focus({ preventScroll: true })
}

const ORDER = ['sending', 'queued', 'processing', 'ready'] as const
export type Step = (typeof ORDER)[number]

/** @param part of it that is done, from 0 to 1; without one, nobody knows */
export function showStep(step: Step, label: string, figures: string, part?: number): void {
  byId('progress-label').textContent = label
  byId('progress-figures').textContent = figures
  const bar = byId('progress-bar', 'progress')
  if (part === undefined) bar.removeAttribute('value')
  else bar.value = part
  for (const item of byId('steps').children as HTMLCollectionOf<HTMLElement>) {
    const distance = ORDER.indexOf(item.dataset.step as Step) - ORDER.indexOf(step)
    item.dataset.is = distance < 0 ? 'done' : distance === 0 ? 'now' : 'ahead'
    if (distance === 0) item.setAttribute('aria-current', 'step')
    else item.removeAttribute('aria-current')
  }
}
