import { randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import type { Environment } from '../world/world.ts'
import { LoopbackServer } from './loopback-server.ts'

/** Delivery as the library of Standard Webhooks reads it. */
export interface Delivery {
  readonly method: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Returns the verified body. @throws if the signature is invalid */
  readonly event: () => AvatarChanged
}

interface AvatarChanged {
  readonly type: string
  readonly timestamp: string
  readonly data: { readonly user_id: string; readonly revision: string; readonly source: string }
}

export const newSecret = (bytes = 32): string => `whsec_${randomBytes(bytes).toString('base64')}`

/** Webhook receiver on loopback whose answers the test decides. */
export class Receiver {
  /** Deliveries in order of arrival. */
  readonly deliveries: Delivery[] = []
  answer: (res: ServerResponse, delivery: Delivery) => void = (res) => res.writeHead(204).end()
  readonly secret = newSecret()
  readonly #server: LoopbackServer
  readonly #events = new EventEmitter()

  private constructor(server: LoopbackServer) {
    this.#server = server
    server.answer = async (res, req) => {
      const [{ method, headers }, body] = [req, await text(req)]
      const event = () => new Webhook(this.secret).verify(body, strings(headers)) as AvatarChanged
      const delivery = { method, headers, body, event }
      this.deliveries.push(delivery)
      this.answer(res, delivery)
      this.#events.emit('delivery')
    }
  }

  static async start(): Promise<Receiver> {
    return new Receiver(await LoopbackServer.start())
  }

  get url(): string {
    return `${this.#server.origin}/hooks?of=visage`
  }

  /** Environment that makes an API or a worker deliver to this receiver. */
  get env(): Environment {
    return {
      WEBHOOK_URL: this.url,
      WEBHOOK_SECRET: this.secret,
      WEBHOOK_ALLOW_PRIVATE: 'true',
      WEBHOOK_RETRY_AFTER: '50ms',
      SWEEP_EVERY: '1s',
    }
  }

  /** Resolves with the first `n` deliveries of a user's changes. */
  async of(user: string, n = 1): Promise<[Delivery, ...Delivery[]]> {
    for (;;) {
      const mine = this.deliveries.filter(({ body }) => JSON.parse(body).data.user_id === user)
      const [first, ...more] = mine.slice(0, n)
      if (first && mine.length >= n) return [first, ...more]
      await once(this.#events, 'delivery')
    }
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }
}

const strings = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `${value}`]))
