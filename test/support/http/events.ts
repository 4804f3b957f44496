import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { AVATAR, expectDocumented, tokenOf, toReply } from './http.ts'

export interface ServerEvent {
  readonly event: string
  readonly id: string
  /** Parsed JSON data of the event. */
  readonly data: ReturnType<typeof JSON.parse>
}

export const eventsPath = (id: string): string => `${AVATAR}/uploads/${id}/events`

/** Client of an event stream. It records the events in order. */
export class Events implements AsyncDisposable {
  readonly headers: Headers
  readonly received: ServerEvent[] = []
  /** Resolves with all events once the stream ends. */
  readonly over: Promise<string>
  readonly #request: ClientRequest
  readonly #response: IncomingMessage
  #text = ''
  #read = 0
  #over = false

  private constructor(outgoing: ClientRequest, response: IncomingMessage) {
    this.#request = outgoing
    this.#response = response
    this.headers = toReply(200, pairsOf(response), Buffer.alloc(0)).headers
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => this.#take(chunk))
    response.on('error', () => {})
    this.over = new Promise((resolve) => {
      response.once('close', () => {
        this.#over = true
        resolve(this.#text)
        response.emit('more')
      })
    })
    this.over.then((text) => {
      if (!response.complete) return
      const reply = toReply(200, pairsOf(response), Buffer.from(text))
      expectDocumented('GET', outgoing.path, reply)
    })
  }

  static async open(
    { port }: { readonly port: number },
    user: string,
    id: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Events> {
    const outgoing = request({
      port,
      host: '127.0.0.1',
      path: eventsPath(id),
      headers: { Authorization: `Bearer ${tokenOf(user)}`, ...headers },
      agent: false,
    }).end()
    outgoing.on('error', () => {})
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    if (response.statusCode !== 200) throw new Error(`answered ${response.statusCode}`)
    return new Events(outgoing, response)
  }

  /** Resolves with the next unread event. Rejects if the stream ends before. */
  async next(): Promise<ServerEvent> {
    await this.#until(() => this.received.length > this.#read)
    const event = this.received[this.#read++]
    if (!event) throw new Error(`over after "${this.#text}"`)
    return event
  }

  /** Resolves once the stream contains this text. */
  async text(wanted: string): Promise<void> {
    await this.#until(() => this.#text.includes(wanted))
    if (!this.#text.includes(wanted)) throw new Error(`over after "${this.#text}"`)
  }

  /** Stops reading while the stream stays open. */
  pause(): void {
    this.#response.pause()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#request.destroy()
    await this.over
  }

  async #until(isThere: () => boolean): Promise<void> {
    while (!isThere() && !this.#over) await once(this.#response, 'more')
  }

  #take(chunk: string): void {
    this.#text += chunk
    const blocks = this.#text.split('\n\n').slice(0, -1)
    const events = blocks.map(parse).filter((event) => event !== undefined)
    this.received.push(...events.slice(this.received.length))
    this.#response.emit('more')
  }
}

function parse(block: string): ServerEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => line.split(/: (.*)/, 2) as [string, string]),
  )
  const [event, id, data] = ['event', 'id', 'data'].map((name) => fields.get(name))
  if (!event || !id || data === undefined) return undefined
  return { event, id, data: JSON.parse(data) }
}

function pairsOf(response: IncomingMessage): [string, string][] {
  return Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
}
