import { announce, byId } from './dom.ts'
import { copy } from './session.ts'
import { ServiceError } from './upload.ts'

export interface Notice {
  readonly title: string
  readonly text: string
  readonly advice?: string
  /** Users quote this id when they ask for help. */
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

/** Shows the service's message for a failed request. @throws `error` if it is not a ServiceError */
export function showProblem(error: unknown, title: string): void {
  if (!(error instanceof ServiceError)) throw error
  const { message, correlationId, retryAfter } = error
  if (error.status === 429 && retryAfter) {
    showCountdown(message, retryAfter)
    return
  }
  const advice = retryAfter ? `Try again in ${retryAfter} seconds.` : ''
  showNotice({ title, text: `${message}.`, advice, correlationId })
}

/** Shows a countdown. Announces only its end to screen readers. */
function showCountdown(text: string, duration: number): void {
  showNotice({ title: 'Please wait', text: `${text.split(';')[0]}.`, tone: 'wait' })
  const end = Date.now() + duration * 1000
  const advice = byId('notice-advice')
  const timeLeft = document.createElement('span')
  timeLeft.setAttribute('aria-hidden', 'true')
  advice.replaceChildren(timeLeft)
  const tick = () => {
    const seconds = Math.ceil((end - Date.now()) / 1000)
    timeLeft.textContent = `You can try again in ${formatWait(seconds)}.`
    if (seconds > 0) return
    hideNotice()
    announce('You can try again now')
  }
  tick()
  countdown = setInterval(tick, 250)
}

const formatWait = (seconds: number): string =>
  seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`

byId('copy-correlation', 'button').addEventListener('click', ({ currentTarget }) =>
  copy(byId('correlation').textContent ?? '', currentTarget as HTMLButtonElement),
)
