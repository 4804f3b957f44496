import type { ServerResponse } from 'node:http'
import type { UploadId } from '@visage/shared/avatar/upload'
import { isOutcome } from '@visage/shared/avatar/upload'
import type { UploadRecord } from '@visage/shared/avatar/upload-record'
import type { OutcomeWaiters } from './outcome-waiters.ts'

export interface WaitOptions {
  /** Milliseconds. */
  readonly timeout: number
  /** Its client going away ends the wait. */
  readonly response: ServerResponse
  /** Of all places for listeners, how much may be taken: see `Listeners.hasRoom`. */
  readonly share?: number
}

/** What a wait came to: no record where the time was up, the client gone or the process stopping. */
export interface WaitResult {
  readonly record?: UploadRecord
}

/** Waits for the outcome of an upload.  @returns undefined, at once, where there is no room to wait */
export function waitForOutcome(
  id: UploadId,
  { timeout, response, share }: WaitOptions,
  listeners: OutcomeWaiters,
): Promise<WaitResult | undefined> {
  return new Promise((resolve) => {
    const leave = listeners.add(
      id,
      (news) => {
        if (news === 'stopping') done({})
        else if (news !== 'started' && isOutcome(news.state)) done({ record: news })
      },
      share,
    )
    if (!leave) return resolve(undefined)
    const up = () => done({})
    const timer = setTimeout(up, timeout)
    response.once('close', up)
    if (response.destroyed) up()
    else listeners.refresh(id)

    function done(waited: WaitResult) {
      clearTimeout(timer)
      response.off('close', up)
      leave?.()
      resolve(waited)
    }
  })
}
