import type { ServerResponse } from 'node:http'
import type { Revision } from '@visage/shared/avatar/revision'
import { isEnded } from '@visage/shared/avatar/upload'
import type { UploadRecord } from '@visage/shared/db/uploads'
import type { Listeners } from './outcome-waiters.ts'

export interface Patience {
  /** Milliseconds. */
  readonly time: number
  /** Its client going away ends the wait. */
  readonly response: ServerResponse
  /** Of all places for listeners, how much may be taken: see `Listeners.hasRoom`. */
  readonly share?: number
}

/** What a wait came to: no record where the time was up, the client gone or the process stopping. */
export interface Waited {
  readonly record?: UploadRecord
}

/** Waits for the outcome of an upload.  @returns undefined, at once, where there is no room to wait */
export function outcomeOf(
  id: Revision,
  { time, response, share }: Patience,
  listeners: Listeners,
): Promise<Waited | undefined> {
  return new Promise((resolve) => {
    const leave = listeners.listen(
      id,
      (news) => {
        if (news === 'stopping') done({})
        else if (news !== 'started' && isEnded(news.state)) done({ record: news })
      },
      share,
    )
    if (!leave) return resolve(undefined)
    const up = () => done({})
    const timer = setTimeout(up, time)
    response.once('close', up)
    if (response.destroyed) up()
    else listeners.look(id)

    function done(waited: Waited) {
      clearTimeout(timer)
      response.off('close', up)
      leave?.()
      resolve(waited)
    }
  })
}
