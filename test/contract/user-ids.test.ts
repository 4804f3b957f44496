import { beforeAll, describe, expect, it } from 'vitest'
import { Client } from '../support/http/http.ts'
import { expectTwoUsers, expectUsable } from '../support/http/user-ids.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  api = new Client(await world.startApi())
  await world.startWorker()
  jpeg = await photo({ width: 40, height: 40 })
})

describe('a user ID is opaque: any text works in every path', () => {
  it.each([
    'a/b',
    'a//b/../c',
    '50%',
    '%2F',
    'A',
    'a',
    ' a b ',
    'a+b',
    'a?size=x#y&z=1',
    'Ünïcödé'.normalize('NFD'),
    '名前🙂',
    '__proto__',
    '界'.repeat(128),
    '..',
    'setting',
    '01990b5e-8c3a-7d21-9f40-5b6c7d8e9f01',
  ])('%j', (user) => expectUsable({ world, api, jpeg }, user))
})

describe('similar IDs are different users with different folders', () => {
  it.each<[string, string]>([
    ['\u00e9', 'e\u0301'],
    ['user', 'User'],
    ['user', 'user '],
    ['a/b', 'a%2Fb'],
    ['__proto__', '__proto'],
    ['y'.repeat(128), 'y'.repeat(127)],
  ])('%j and %j', (...pair) => expectTwoUsers({ world, api, jpeg }, pair))
})

describe('an invalid user ID answers 404', () => {
  it.each([
    ['a zero byte', 'a%00b'],
    ['a line feed', 'a%0Ab'],
    ['129 characters', 'x'.repeat(129)],
    ['a percent sign alone', '%'],
    ['half of a character', '%E7%95'],
    ['half of a surrogate pair', '%ED%A0%BD'],
    ['a slash in too many bytes', '%C0%AF'],
    ['129 characters outside the first plane', encodeURIComponent('🙂'.repeat(129))],
    ['a blank written as +', 'a+b+c'],
  ])('%s', async (_, encoded) => {
    expect((await api.get(`/user/avatar/${encoded}`)).status).toBe(404)
    const revision = '01990b5e-8c3a-7d21-9f40-5b6c7d8e9f01'
    expect((await api.get(`/user/avatar/${encoded}/${revision}/64.webp`)).status).toBe(404)
  })
})
