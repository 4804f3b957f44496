import { isOutcome, type UploadState } from '@visage/shared/avatar/upload'
import type { EventStream } from './event-stream.ts'
import type { UploadEvent } from './outcome-waiters.ts'
import type { QueuePositions } from './queue-positions.ts'
import { type Receipt, receiptState, receiptToJson } from './receipt.ts'

/** The id of an event: its state, and for `queued` the place in line. */
const EVENT_ID = /^(queued|processing|ready|rejected|superseded|failed)(-\d+)?$/

/** The state that an event was about, by its id; undefined for an id that is not ours. */
export function stateOfEventId(id: string): UploadState | undefined {
  return EVENT_ID.exec(id)?.[1] as UploadState | undefined
}

/** Tells one client how its upload gets on. States only go forward, and nothing is told twice. */
export class ReceiptStream {
  readonly #stream: EventStream
  readonly #receipt: Receipt
  #lastEventId: string
  #unwatch: (() => void) | undefined

  /** @param lastEventId what the client had been told when its connection broke; may be empty */
  constructor(stream: EventStream, receipt: Receipt, lastEventId: string) {
    this.#stream = stream
    this.#receipt = receipt
    this.#lastEventId = stateOfEventId(lastEventId) ? lastEventId : ''
  }

  start(line: QueuePositions): void {
    if (receiptState(this.#receipt) !== 'queued') this.#sendReceipt(this.#receipt)
    else if (this.#isForward('queued'))
      this.#unwatch = line.watch(this.#receipt.id, (place) => this.#sendPosition(place))
  }

  onEvent(news: UploadEvent): void {
    if (news === 'stopping') this.#stream.end()
    else if (news === 'started') this.#send('processing', 'processing', this.#started())
    else this.#sendReceipt(news)
  }

  close(): void {
    this.#unwatch?.()
  }

  #sendReceipt(receipt: Receipt): void {
    const state = receiptState(receipt)
    this.#send(state, state, receiptToJson(receipt))
    if (isOutcome(state)) this.#stream.end()
  }

  /** Who has left the line, or was never seen in it, is about to be told more than that. */
  #sendPosition(place: number | undefined): void {
    if (place === undefined && this.#lastEventId !== '') return
    const id = place === undefined ? 'queued' : `queued-${place}`
    const data = { upload_id: this.#receipt.id, state: 'queued', position: place ?? null }
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

  /** The worker has only just taken it: what it writes first is not there yet. */
  #started() {
    return { ...receiptToJson(this.#receipt), state: 'processing' }
  }
}

function rank(state: UploadState | undefined): number {
  if (state === undefined || state === 'queued') return 0
  return state === 'processing' ? 1 : 2
}
