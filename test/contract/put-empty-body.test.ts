import { createHash } from 'node:crypto'
import { beforeAll, expect, it } from 'vitest'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { photo } from '../support/pictures/photo.ts'
import { pictureRow, stateOf } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let api: Client

beforeAll(async () => {
  api = new Client(await world.startApi())
})

const rowOf = (user: string) => pictureRow(world, user)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const emptyBodies: [form: string, headers: string[], body: string][] = [
  ['Content-Length: 0', ['Content-Length: 0'], ''],
  ['neither length nor transfer coding', [], ''],
  ['a complete chunked body of 0 bytes', ['Transfer-Encoding: chunked'], '0\r\n\r\n'],
  ['an empty body said to be a picture', ['Content-Type: image/png', 'Content-Length: 0'], ''],
  ['an empty body announced', ['Expect: 100-continue', 'Content-Length: 0'], ''],
]

it.each(emptyBodies)('%s sets the Gravatar before the answer', async (_, headers, body) => {
  const user = someone()
  const connection = await RawConnection.open(api.port)
  const email = `  Some.${user}@Example.COM `
  await connection.write(putHead(tokenOf(user, { email }), ...headers), body)
  let reply = await connection.reply()
  if (reply.status === 100) reply = await connection.putReply()
  expect(`${reply.body}`).toBe('{"code":0,"msg":""}')
  expect(reply.headers.has('x-upload-id')).toBe(false)
  expect(reply.headers.has('location')).toBe(false)
  expect(await rowOf(user)).toMatchObject({
    source: 'gravatar',
    email_hash: sha256(`some.${user}@example.com`),
    variants: [],
    placeholder: null,
    color: null,
    source_format: null,
  })
  connection.close()
})

it.each([
  ['no e-mail address', undefined],
  ['an empty one', ''],
  ['one of blanks', '  '],
  ['one that is no text', 7],
])('a token with %s sets a Gravatar without a hash', async (_, email) => {
  const user = someone()
  expect((await api.put(tokenOf(user, { email }))).json).toEqual({ code: 0, msg: '' })
  expect(await rowOf(user)).toMatchObject({ source: 'gravatar', email_hash: null })
})

it('an empty body leaves no raw object and no job', async () => {
  const user = someone()
  const { picture, ...rest } = await stateOf(world, user)
  await api.put(tokenOf(user, { email: 'a@example.com' }))
  expect(picture).toBeUndefined()
  expect(await stateOf(world, user)).toMatchObject(rest)
})

it('each empty body is a new, later change', async () => {
  const user = someone()
  await api.put(tokenOf(user, { email: 'old@example.com' }))
  const before = await rowOf(user)
  await api.put(tokenOf(user, { email: 'new@example.com' }))
  const after = await rowOf(user)
  expect(after.revision > before.revision).toBe(true)
  expect(after.email_hash).toBe(sha256('new@example.com'))
})

it('a change of one user does not change another', async () => {
  const [one, other] = [someone(), someone()]
  await api.put(tokenOf(one, { email: 'one@example.com' }))
  const before = await rowOf(one)
  await api.put(tokenOf(other, { email: 'other@example.com' }))
  await api.upload(other, await photo({ width: 64, height: 64 }))
  expect(await rowOf(one)).toEqual(before)
})
