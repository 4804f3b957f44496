import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { photo } from '../support/pictures/photo.ts'
import { recordLog } from '../support/world/app-log.ts'
import { stateOf } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const log = recordLog('api')

const world = useWorld()
let api: Client
let jpeg: Buffer
let user: string
let connection: RawConnection | undefined

beforeAll(async () => {
  api = new Client(await world.startApi())
  jpeg = await photo({ width: 320, height: 240 })
})
afterEach(() => connection?.close())

type Part = string | (() => Uint8Array)

const half = () => jpeg.subarray(0, jpeg.length / 2)
const promised = 'Content-Length: 10000'
const chunked = 'Transfer-Encoding: chunked'
const cuts: [where: string, header: string, ...sent: Part[]][] = [
  ['in the middle', promised, half],
  ['before its first byte', promised],
  ['one byte before its end', 'Content-Length: 101', () => jpeg.subarray(0, 100)],
  ['before its first chunk', chunked],
  ['in a chunk', chunked, '2710\r\n', half],
  ['between two chunks', chunked, '64\r\n', () => jpeg.subarray(0, 100), '\r\n'],
  ['in the size of a chunk', chunked, '64'],
  ['in the last chunk, the empty one', chunked, '0\r\n'],
]
const closings = ['closed', 'half-closed', 'reset'] as const
const cases = cuts.flatMap(([where, ...sent]) => closings.map((how) => [where, how, sent] as const))

describe.each(cases)('a body cut off %s, with the connection %s', (_, how, [header, ...sent]) => {
  it('changes nothing', async () => {
    user = someone()
    await api.put(tokenOf(user, { email: `${user}@example.com` }))
    const before = await stateOf(world, user)
    const { correlation } = await sendPart(how, header, sent)
    const line = await log.line({ msg: 'Handled request', correlation_id: correlation })
    expect(line).toMatchObject({ method: 'PUT', code: 40013 })
    expect(await stateOf(world, user)).toEqual(before)
  })
})

describe('a client that ends its body early and still reads the answer', () => {
  it('gets an error', async () => {
    user = someone()
    const { reply, closed } = await sendPart('half-closed', promised, [half])
    expect((await reply()).json).toMatchObject({ code: 40013, msg: 'Invalid content length' })
    expect(`${await closed()}`).toBe('')
  })

  it('gets an error with its correlation ID', async () => {
    user = someone()
    const { correlation, reply } = await sendPart('half-closed', promised, [half])
    expect((await reply()).json.correlation_id).toBe(correlation)
  })
})

async function sendPart(how: (typeof closings)[number], header: string, sent: readonly Part[]) {
  const correlation = randomUUID()
  const open = await RawConnection.open(api.port)
  connection = open
  await open.write(
    putHead(tokenOf(user), `X-Cr-Correlation-Id: ${correlation}`, header),
    ...sent.map((part) => (typeof part === 'string' ? part : part())),
  )
  if (how === 'closed') open.close()
  else if (how === 'reset') open.reset()
  else open.halfClose()
  return { correlation, reply: () => open.putReply(), closed: () => open.closed() }
}
