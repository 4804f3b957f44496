import { isOutcome, type UploadState } from '@visage/shared/avatar/upload'
import type { EventStream } from './event-stream.ts'
import type { UploadEvent } from './outcome-waiters.ts'
import type { QueuePositions } from './queue-positions.ts'
import { type Receipt, receiptState, receiptToJson } from './receipt.ts'

/** The id of an event: its state, and for `queued` the queue position. */
const EVENT_ID = /^(queued|processing|ready|rejected|superseded|failed)(-\d+)?$/

/** Reads the state from an event id. Returns undefined if the id has another format. */
export function stateOfEventId(id: string): UploadState | undefined {
  return EVENT_ID.exec(id)?.[1] as UploadState | undefined
}

/** Sends the states of one upload to one client. States only move forward, and no event is sent twice. */
export class ReceiptStream {
  readonly #stream: EventStream
  readonly #receipt: Receipt
  #lastEventId: string
  #unwatch: (() => void) | undefined

  /** @param lastEventId the last event that the client received before its connection broke; may be empty */
  constructor(stream: EventStream, receipt: Receipt, lastEventId: string) {
    this.#stream = stream
    this.#receipt = receipt
    this.#lastEventId = stateOfEventId(lastEventId) ? lastEventId : ''
  }

  start(queuePositions: QueuePositions): void {
    if (receiptState(this.#receipt) !== 'queued') this.#sendReceipt(this.#receipt)
    else if (this.#isForward('queued'))
      this.#unwatch = queuePositions.watch(this.#receipt.id, (position) =>
        this.#sendPosition(position),
      )
  }

  onEvent(event: UploadEvent): void {
    if (event === 'stopping') this.#stream.end()
    else if (event === 'started') this.#send('processing', 'processing', this.#startedReceipt())
    else this.#sendReceipt(event)
  }

  close(): void {
    this.#unwatch?.()
  }

  #sendReceipt(receipt: Receipt): void {
    const state = receiptState(receipt)
    this.#send(state, state, receiptToJson(receipt))
    if (isOutcome(state)) this.#stream.end()
  }

  /** Skips an unknown position after the first event: the upload has left the queue, and its next state follows. */
  #sendPosition(position: number | undefined): void {
    if (position === undefined && this.#lastEventId !== '') return
    const id = position === undefined ? 'queued' : `queued-${position}`
    const data = { upload_id: this.#receipt.id, state: 'queued', position: position ?? null }
    this.#send('queued', id, data)
  }

  #send(state: UploadState, id: string, data: unknown): void {
    if (id === this.#lastEventId || !this.#isForward(state)) return
    if (state !== 'queued') this.close()
    this.#lastEventId = id
    this.#stream.send({ event: state, id, data })
  }

  #isForward(state: UploadState): boolean {
    return rank(state) >= rank(stateOfEventId(this.#lastEventId))
  }

  /** The worker has just taken the upload and has not written its row yet. */
  #startedReceipt() {
    return { ...receiptToJson(this.#receipt), state: 'processing' }
  }
}

function rank(state: UploadState | undefined): number {
  if (state === undefined || state === 'queued') return 0
  return state === 'processing' ? 1 : 2
}
