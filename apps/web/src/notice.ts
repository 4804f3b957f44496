import { announce, byId } from './dom.ts'
import { copy } from './session.ts'
import { ServiceError } from './upload.ts'

export interface Notice {
  readonly title: string
  readonly text: string
  readonly advice?: string
  /** To be quoted to whoever helps. */
  readonly correlationId?: string | undefined
  readonly tone?: 'problem' | 'wait' | 'news'
}

let countdown: ReturnType<typeof setInterval> | undefined

export function hideNotice(): void {
  clearInterval(countdown)
  byId('notice').hidden = true
}

export function showNotice({ title, text, advice = '', correlationId, tone }: Notice): void {
  hideNotice()
  const notice = byId('notice')
  notice.dataset.tone = tone ?? 'problem'
  byId('notice-title').textContent = title
  byId('notice-text').textContent = text
  byId('notice-advice').textContent = advice
  byId('correlation').textContent = correlationId ?? ''
  byId('notice-id').hidden = !correlationId
  notice.hidden = false
}

/** What went wrong with a request, in the service's words. */
export function showProblem(error: unknown, title: string): void {
  if (!(error instanceof ServiceError)) throw error
  const { message, correlationId, retryAfter } = error
  if (error.status === 429 && retryAfter) {
    showWait(message, retryAfter)
    return
  }
  const advice = retryAfter ? `Try again in ${retryAfter} seconds.` : ''
  showNotice({ title, text: `${message}.`, advice, correlationId })
}

/** Counts down on the page, and tells a screen reader only of the end. */
function showWait(text: string, seconds: number): void {
  showNotice({ title: 'One moment', text: `${text.split(';')[0]}.`, tone: 'wait' })
  const end = Date.now() + seconds * 1000
  const advice = byId('notice-advice')
  const ticking = document.createElement('span')
  ticking.setAttribute('aria-hidden', 'true')
  advice.replaceChildren(ticking)
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000)
    ticking.textContent = `You can go on in ${clock(left)}.`
    if (left > 0) return
    hideNotice()
    announce('You can go on now')
  }
  tick()
  countdown = setInterval(tick, 250)
}

const clock = (seconds: number): string =>
  seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`

byId('copy-correlation', 'button').addEventListener('click', ({ currentTarget }) =>
  copy(byId('correlation').textContent ?? '', currentTarget as HTMLButtonElement),
)
