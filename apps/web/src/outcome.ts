import { showNotice } from './notice.ts'
import type { Progress } from './upload.ts'
import { adviceFor } from './words.ts'

/** Shows the outcome of an upload to its user. */
export function showOutcome({ state, msg, reason, correlation_id }: Progress): void {
  if (state === 'ready') {
    showNotice({
      title: 'Your picture is ready',
      text: 'Other people see it from now on.',
      tone: 'news',
    })
  } else if (state === 'rejected') {
    showNotice({
      title: 'This picture was not accepted',
      text: `${msg || 'The picture cannot be used'}.`,
      advice: adviceFor(reason),
      correlationId: correlation_id,
    })
  } else if (state === 'failed') {
    const text = msg
      ? `${msg}.`
      : 'Something went wrong on our side. Please send the picture again.'
    showNotice({
      title: 'Your picture could not be processed',
      text,
      correlationId: correlation_id,
    })
  } else {
    const text = 'You changed your picture again after this upload. The latest change counts.'
    showNotice({ title: 'A newer change replaced this upload', text, tone: 'news' })
  }
}
