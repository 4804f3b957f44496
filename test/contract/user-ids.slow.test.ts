import { beforeAll, describe, it } from 'vitest'
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
    '/',
    '%41',
    'a.b..c',
    '.hidden',
    'a;b,c:d@e',
    'Ünïcödé',
    'constructor',
    '1234567890',
    '0',
    'null',
    '"\'`\\<script>',
    'x'.repeat(128),
    '🙂'.repeat(128),
    '\u202eabc',
    '.',
  ])('%j', (user) => expectUsable({ world, api, jpeg }, user))
})

describe('similar IDs are different users with different folders', () => {
  it.each<[string, string]>([
    ['ﬁ', 'fi'],
    ['\u212b', '\u00c5'],
    ['ß', 'ss'],
    ['\u0130', 'i\u0307'],
    ['user', 'us\u0435r'],
    ['user', 'us\u200ber'],
    ['50%', '50%25'],
    ['a/../b', 'b'],
    ['7', '07'],
  ])('%j and %j', (...pair) => expectTwoUsers({ world, api, jpeg }, pair))
})
