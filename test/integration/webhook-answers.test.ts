import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { Receiver } from '../support/http/receiver.ts'
import { recordLog } from '../support/world/app-log.ts'
import { useWorld } from '../support/world/use-world.ts'

const log = recordLog('webhook-answers')

const world = useWorld()
let receiver: Receiver
let elsewhere: Receiver
let api: Client
let ops: number

beforeAll(async () => {
  ;[receiver, elsewhere] = await Promise.all([Receiver.start(), Receiver.start()])
  const env = { ...receiver.env, WEBHOOK_TIMEOUT: '300ms' }
  const [app, worker] = await Promise.all([world.startApi(env), world.startWorker(env)])
  ops = worker.ports.ops
  api = new Client(app)
})
afterAll(async () => {
  await Promise.all([receiver.stop(), elsewhere.stop()])
})

/** Resets a new user to Gravatar. @returns the user */
async function change(): Promise<string> {
  const user = someone()
  expect((await api.put(tokenOf(user))).json.code).toBe(0)
  return user
}

const toldAll = () =>
  eventually('the outbox is empty', 20_000, async () => {
    const row = await world.db('announcements').first()
    return row === undefined
  })

const attempts = (user: string) =>
  receiver.deliveries.filter((delivery) => delivery.event().data.user_id === user)

describe('every answer except 2xx is retried', () => {
  const answers: Record<string, (res: ServerResponse) => unknown> = {
    '500': (res) => res.writeHead(500).end('no'),
    '410': (res) => res.writeHead(410).end(),
    'a redirect, which is not followed': (res) =>
      res.writeHead(307, { Location: elsewhere.url }).end(),
    'another protocol': (res) => res.writeHead(101, { Connection: 'Upgrade', Upgrade: 'x' }).end(),
    'the beginning of an answer': (res) => res.socket?.write('HTTP/1.1 200 OK\r\nX: '),
    'what is no HTTP': (res) => res.socket?.end('220 mail ready\r\n'),
    nothing: () => {},
    'a hang-up': (res) => res.destroy(),
  }

  test.each(Object.entries(answers))('%s', async (_, answer) => {
    receiver.answer = (res) => void answer(res)
    const user = await change()
    await receiver.of(user)
    receiver.answer = (res) => res.writeHead(200).end('yes')
    const [first, second] = await receiver.of(user, 2)
    expect(second?.event()).toEqual(first.event())
    expect(second?.body).toBe(first.body)
    expect(second?.headers['webhook-id']).toBe(first.headers['webhook-id'])
    await toldAll()
    expect(attempts(user)).toHaveLength(2)
    expect(elsewhere.deliveries).toEqual([])
  })
})

test.each([200, 202, 204])('%d completes the delivery', async (status) => {
  receiver.answer = (res) => res.writeHead(status).end()
  const user = await change()
  await toldAll()
  expect(attempts(user)).toHaveLength(1)
})

test('an answer with an endless body counts: only its status is read', async () => {
  const hungUp = new Promise((resolve) => {
    receiver.answer = (res) => {
      res.writeHead(200)
      const timer = setInterval(() => res.write(Buffer.alloc(65_536)), 1)
      res.once('close', () => resolve(clearInterval(timer)))
    }
  })
  const user = await change()
  await Promise.all([hungUp, toldAll()])
  expect(attempts(user)).toHaveLength(1)
})

test('the worker counts delivered, refused and unanswered attempts', async () => {
  const statuses = [503, 0, 204]
  receiver.answer = (res) => {
    const status = statuses.shift()
    if (status) res.writeHead(status).end()
    else res.destroy()
  }
  const before = await counts()
  const user = await change()
  await receiver.of(user, 3)
  await toldAll()
  await log.line({
    msg: 'Processed announcement',
    revision: attempts(user)[0]?.event().data.revision,
  })
  const after = await counts()
  const outcomes = ['delivered', 'refused', 'failed']
  expect(outcomes.map((name) => (after[name] ?? 0) - (before[name] ?? 0))).toEqual([1, 1, 1])
})

async function counts(): Promise<Record<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${ops}/metrics`)).text()
  const found = text.matchAll(/^visage_announcements_total\{outcome="(\w+)"\} (\d+)$/gm)
  return Object.fromEntries([...found].map(([, name, count]) => [name, Number(count)]))
}

test('each failure is logged with the status and without the body', async () => {
  receiver.answer = (res) => res.writeHead(503).end('what the receiver says')
  const user = await change()
  const [first] = await receiver.of(user, 2)
  receiver.answer = (res) => res.writeHead(204).end()
  const failed = { level: 40, msg: 'Failed to deliver announcement; retrying' }
  const line = await log.line({ ...failed, revision: first.event().data.revision })
  const err = expect.objectContaining({
    message: 'the webhook answered 503; expected a 2xx status',
    status: 503,
  })
  expect(line).toMatchObject({ attempt: 1, err })
  expect(log.text()).not.toContain('what the receiver says')
})
