import { isEnded, type UploadState } from '@visage/shared/avatar/upload'
import type { EventStream } from './event-stream.ts'
import { type Receipt, receiptToJson, stateOf } from './get-receipt.ts'
import type { News } from './outcome-waiters.ts'
import type { Line } from './queue-positions.ts'

/** The id of an event: its state, and for `queued` the place in line. */
const EVENT_ID = /^(queued|processing|ready|rejected|superseded|failed)(-\d+)?$/

/** The state that an event was about, by its id; undefined for an id that is not ours. */
export function stateOfEvent(id: string): UploadState | undefined {
  return EVENT_ID.exec(id)?.[1] as UploadState | undefined
}

/** Tells one client how its upload gets on. States only go forward, and nothing is told twice. */
export class Follower {
  readonly #stream: EventStream
  readonly #receipt: Receipt
  #told: string
  #unwatch: (() => void) | undefined

  /** @param lastEventId what the client had been told when its connection broke; may be empty */
  constructor(stream: EventStream, receipt: Receipt, lastEventId: string) {
    this.#stream = stream
    this.#receipt = receipt
    this.#told = stateOfEvent(lastEventId) ? lastEventId : ''
  }

  begin(line: Line): void {
    if (stateOf(this.#receipt) !== 'queued') this.#tellReceipt(this.#receipt)
    else if (this.#mayTell('queued'))
      this.#unwatch = line.watch(this.#receipt.id, (place) => this.#tellPlace(place))
  }

  hear(news: News): void {
    if (news === 'stopping') this.#stream.end()
    else if (news === 'started') this.#tell('processing', 'processing', this.#started())
    else this.#tellReceipt(news)
  }

  close(): void {
    this.#unwatch?.()
  }

  #tellReceipt(receipt: Receipt): void {
    const state = stateOf(receipt)
    this.#tell(state, state, receiptToJson(receipt))
    if (isEnded(state)) this.#stream.end()
  }

  /** Who has left the line, or was never seen in it, is about to be told more than that. */
  #tellPlace(place: number | undefined): void {
    if (place === undefined && this.#told !== '') return
    const id = place === undefined ? 'queued' : `queued-${place}`
    const data = { upload_id: this.#receipt.id, state: 'queued', position: place ?? null }
    this.#tell('queued', id, data)
  }

  #tell(state: UploadState, id: string, data: unknown): void {
    if (id === this.#told || !this.#mayTell(state)) return
    if (state !== 'queued') this.close()
    this.#told = id
    this.#stream.send({ event: state, id, data })
  }

  #mayTell(state: UploadState): boolean {
    return rank(state) >= rank(stateOfEvent(this.#told))
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
