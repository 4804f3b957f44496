import { beforeAll, describe, expect, it } from 'vitest'
import { AVATAR, avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { useWorld } from '../support/world/use-world.ts'

const PICTURE = 'https://static.example.org/nobody.png'

const world = useWorld({ shared: true })
let patterns: Client
let elsewhere: Client
let nothing: Client

beforeAll(async () => {
  patterns = new Client(await world.startApi({ DEFAULT_AVATAR: 'identicon' }))
  elsewhere = new Client(await world.startApi({ DEFAULT_AVATAR: PICTURE }))
  nothing = new Client(await world.startApi())
})

const withoutPicture: [string, () => Promise<string>][] = [
  ['who is not known', async () => someone()],
  ['whose Gravatar has no address', () => changed((user) => patterns.put(tokenOf(user)))],
  [
    'whose picture was removed',
    () => changed((user) => patterns.ask('DELETE', AVATAR, { token: tokenOf(user) })),
  ],
]

async function changed(change: (user: string) => Promise<unknown>): Promise<string> {
  const user = someone()
  await change(user)
  return user
}

describe.each(withoutPicture)('of a user %s', (_, owner) => {
  it('the pattern is unique, contains no script, and is revalidated', async () => {
    const path = avatarPath(await owner())
    const reply = await patterns.get(path)
    expect(reply.status).toBe(200)
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'content-type': expect.stringMatching(/^image\/svg\+xml/),
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, no-cache',
      etag: expect.stringMatching(/^"[^"]+"$/),
    })
    expect(reply.body.toString()).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    expect((await patterns.get(path)).body).toEqual(reply.body)
    expect((await patterns.get(avatarPath(someone()))).body).not.toEqual(reply.body)
  })

  it('the pattern answers 304 for a known tag, and HEAD has no body', async () => {
    const path = avatarPath(await owner())
    const tag = (await patterns.get(path)).headers.get('etag') ?? ''
    const again = await patterns.get(path, { headers: { 'If-None-Match': tag } })
    expect(again.status).toBe(304)
    const head = await patterns.ask('HEAD', path)
    expect([head.status, head.body.length, head.headers.get('etag')]).toEqual([200, 0, tag])
  })

  it('a URL redirects to that picture', async () => {
    const reply = await elsewhere.get(avatarPath(await owner()))
    expect([reply.status, reply.headers.get('location')]).toEqual([302, PICTURE])
    expect(reply.headers.get('cache-control')).toBe('public, no-cache')
  })

  it('404 is answered without caching', async () => {
    const reply = await nothing.get(avatarPath(await owner()))
    expect([reply.status, reply.headers.get('cache-control')]).toEqual([404, 'no-store'])
  })
})

it('the pattern does not contain the user ID', async () => {
  const { body } = await patterns.get(avatarPath('"><script>alert(1)</script>'))
  expect(body.toString()).not.toMatch(/script|alert/)
})

it('an invalid user ID answers 404', async () => {
  expect((await patterns.get(avatarPath('x'.repeat(129)))).status).toBe(404)
})

it.each([
  ['404', () => nothing],
  ['identicon', () => patterns],
  [PICTURE, () => elsewhere],
] as const)('the Gravatar redirect requests %s for an unknown email', async (d, of) => {
  const user = await changed((one) => patterns.put(tokenOf(one, { email: 'ada@example.com' })))
  const location = (await of().get(avatarPath(user))).headers.get('location') ?? ''
  expect(new URL(location).searchParams.get('d')).toBe(d)
})
