import type { ServerResponse } from 'node:http'
import type { UploadId } from '@visage/shared/avatar/upload'
import { isOutcome } from '@visage/shared/avatar/upload'
import type { UploadRecord } from '@visage/shared/avatar/upload-record'
import type { OutcomeWaiters } from './outcome-waiters.ts'

export interface WaitOptions {
  /** Milliseconds. */
  readonly timeout: number
  /** The wait ends when this response closes, for example because the client disconnects. */
  readonly response: ServerResponse
  /** Fraction of the limit of waiters below which there is room: see `OutcomeWaiters.hasRoom`. */
  readonly share?: number
}

/** The result of a wait. It has no record if the wait timed out, the client disconnected or the process is stopping. */
export interface WaitResult {
  readonly record?: UploadRecord
}

/** Waits for the outcome of an upload.  @returns undefined, at once, if there is no room for another waiter */
export function waitForOutcome(
  id: UploadId,
  { timeout, response, share }: WaitOptions,
  waiters: OutcomeWaiters,
): Promise<WaitResult | undefined> {
  return new Promise((resolve) => {
    const unsubscribe = waiters.add(
      id,
      (event) => {
        if (event === 'stopping') done({})
        else if (event !== 'started' && isOutcome(event.state)) done({ record: event })
      },
      share,
    )
    if (!unsubscribe) return resolve(undefined)
    const giveUp = () => done({})
    const timer = setTimeout(giveUp, timeout)
    response.once('close', giveUp)
    if (response.destroyed) giveUp()
    else waiters.refresh(id)

    function done(result: WaitResult) {
      clearTimeout(timer)
      response.off('close', giveUp)
      unsubscribe?.()
      resolve(result)
    }
  })
}
