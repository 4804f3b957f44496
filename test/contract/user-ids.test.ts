import { beforeAll, describe, expect, it } from 'vitest'
import { avatarPath, Client, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { keysIn, pictureRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let api: Client
let jpeg: Buffer
let pairs = 0
const KEY = /^avatars\/[0-9a-f]{64}\/[0-9a-f-]{36}\/\d+\.(webp|jpg)$/

beforeAll(async () => {
  api = new Client(await world.startApi())
  await world.startWorker()
  jpeg = await photo({ width: 40, height: 40 })
})

describe('a user id is opaque: it works in every path, however it is written', () => {
  it.each([
    'a/b',
    '/',
    'a//b/../c',
    '50%',
    '%2F',
    '%41',
    'A',
    'a',
    'a.b..c',
    '.hidden',
    ' a b ',
    'a+b',
    'a?size=x#y&z=1',
    'a;b,c:d@e',
    'Ünïcödé',
    'Ünïcödé'.normalize('NFD'),
    '名前🙂',
    '__proto__',
    'constructor',
    '1234567890',
    '0',
    'null',
    '"\'`\\<script>',
    'x'.repeat(128),
    '界'.repeat(128),
    '🙂'.repeat(128),
    '\u202eabc',
    '..',
    '.',
    'setting',
    '01990b5e-8c3a-7d21-9f40-5b6c7d8e9f01',
  ])('%j', async (user) => {
    expect((await api.get(avatarPath(user))).status).toBe(404)
    const id = await api.upload(user, jpeg)
    expect(await world.outcome(id)).toBe('ready')
    expect((await api.receipt(user, id)).state).toBe('ready')
    expect((await world.db('avatars').where('revision', id).first()).user_id).toBe(user)

    const { revision, variants } = await api.settings(user)
    expect(revision).toBe(id)
    const current = await api.get(avatarPath(user))
    expect(current.status).toBe(200)
    const bodies = await Promise.all(variants.map(({ url }: { url: string }) => api.get(url)))
    expect(bodies.map(({ status }) => status)).toEqual(variants.map(() => 200))
    expect(bodies.map(({ body }) => body)).toContainEqual(current.body)

    expect((await api.put(tokenOf(user, { email: 'a@example.com' }))).json.code).toBe(0)
    expect((await api.get(avatarPath(user))).status).toBe(302)
  })
})

describe('ids that are nearly the same are two users, whose pictures lie in two folders', () => {
  it.each([
    ['\u00e9', 'e\u0301'],
    ['ﬁ', 'fi'],
    ['\u212b', '\u00c5'],
    ['ß', 'ss'],
    ['\u0130', 'i\u0307'],
    ['user', 'User'],
    ['user', 'us\u0435r'],
    ['user', 'user '],
    ['user', 'us\u200ber'],
    ['a/b', 'a%2Fb'],
    ['50%', '50%25'],
    ['a/../b', 'b'],
    ['7', '07'],
    ['__proto__', '__proto'],
    ['y'.repeat(128), 'y'.repeat(127)],
  ])('%j and %j', async (one, other) => {
    // Each pair has users of its own; what is in front keeps their likeness.
    const [a, b] = [one, other].map((name) => (name.length > 100 ? name : `${pairs}:${name}`))
    pairs++
    const before = await keysIn(world, 'avatars/')
    const folders: string[] = []
    for (const user of [a, b] as string[]) {
      expect((await api.get(avatarPath(user))).status).toBe(404)
      const id = await api.upload(user, jpeg)
      expect(await world.outcome(id)).toBe('ready')
      expect((await api.settings(user)).revision).toBe(id)
      folders.push((await pictureRow(world, user)).folder)
    }
    expect(new Set(folders).size).toBe(2)
    const written = (await keysIn(world, 'avatars/')).filter((key) => !before.includes(key))
    const foldersWritten = written.map((key) => key.split('/')[1])
    expect(new Set(foldersWritten)).toEqual(new Set(folders))
    for (const key of written) expect(key).toMatch(KEY)
  })
})

describe('an id that no user can have is not found', () => {
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
