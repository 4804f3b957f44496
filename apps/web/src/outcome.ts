import { showNotice } from './notice.ts'
import type { Progress } from './upload.ts'
import { adviceOn } from './words.ts'

/** How an upload ended, in words for the person who sent it. */
export function tellOutcome({ state, msg, reason, correlation_id }: Progress): void {
  if (state === 'ready') {
    showNotice({ title: 'It is ready', text: 'Others see it from now on.', tone: 'news' })
  } else if (state === 'rejected') {
    showNotice({
      title: 'This picture was not taken',
      text: `${msg || 'It cannot be used'}.`,
      advice: adviceOn(reason),
      correlationId: correlation_id,
    })
  } else if (state === 'failed') {
    const text = msg ? `${msg}.` : 'Something went wrong on our side. Please send it again.'
    showNotice({ title: 'It could not be made', text, correlationId: correlation_id })
  } else {
    const text = 'Another change of yours came later, and is the one that counts.'
    showNotice({ title: 'Something newer won', text, tone: 'news' })
  }
}
