import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { AVATAR, expectDocumented, type Reply, toReply } from './http.ts'

/** Returns the head of a PUT, including the empty line. */
export function putHead(token: string, ...lines: string[]): string {
  const all = [`PUT ${AVATAR} HTTP/1.1`, 'Host: visage', `Authorization: Bearer ${token}`, ...lines]
  return `${all.join('\r\n')}\r\n\r\n`
}

/** TCP connection on which a test sends bytes. It reads only on request. */
export class RawConnection {
  readonly #socket: Socket
  readonly #chunks: AsyncIterator<Buffer>
  #received: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#chunks = socket[Symbol.asyncIterator]()
    socket.on('error', () => {})
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return new RawConnection(socket)
  }

  /** Resolves once the kernel has accepted all bytes. */
  write(...parts: (string | Uint8Array)[]): Promise<void> {
    const bytes = Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)),
    )
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => (error ? reject(error) : resolve()))
    })
  }

  /** Closes the sending side and keeps reading. */
  halfClose(): void {
    this.#socket.end()
  }

  close(): void {
    this.#socket.destroy()
  }

  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** Resolves with the next answer, including interim answers. Rejects if the connection ends before. */
  async reply(): Promise<Reply> {
    for (;;) {
      const parsed = parse(this.#received)
      if (parsed) {
        this.#received = this.#received.subarray(parsed.length)
        return parsed.reply
      }
      if (!(await this.#read())) throw new Error(`connection closed after "${this.#received}"`)
    }
  }

  /** Resolves with the next answer, checked as an answer to a PUT. */
  async putReply(): Promise<Reply> {
    const reply = await this.reply()
    expectDocumented('PUT', AVATAR, reply)
    return reply
  }

  /** Resolves with the remaining bytes when the other side has closed. */
  async closed(): Promise<Buffer> {
    while (await this.#read());
    return this.#received
  }

  async #read(): Promise<boolean> {
    const { done, value } = await this.#chunks.next()
    if (!done) this.#received = Buffer.concat([this.#received, value])
    return !done
  }
}

/** Returns the first answer in the bytes if it is complete. */
function parse(bytes: Buffer): { reply: Reply; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const length = end + 4 + Number(new Headers(headers).get('content-length') ?? 0)
  if (bytes.length < length) return undefined
  const body = bytes.subarray(end + 4, length)
  return { reply: toReply(Number(statusLine.split(' ')[1]), headers, body), length }
}
