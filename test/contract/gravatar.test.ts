import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let api: Client

beforeAll(async () => {
  api = new Client(await world.startApi())
})

const hash = createHash('sha256').update('ada@example.com').digest('hex')

async function withGravatar(email: string | undefined, of = api): Promise<string> {
  const user = someone()
  expect((await of.put(tokenOf(user, { email }))).json.code).toBe(0)
  return user
}

describe('a Gravatar is a redirect with hash and size that is revalidated', () => {
  it.each([
    ['', '512'],
    ['?size=s', '64'],
    ['?size=m', '128'],
    ['?size=l', '512'],
    ['?size=100', '100'],
    ['?size=2048', '2048'],
    ['?size=99999', '2048'],
    ['?size=s&nocache=1&key=3', '64'],
  ])('%s asks for %s pixels', async (query, pixels) => {
    const path = avatarPath(await withGravatar(' Ada@Example.com'), query)
    const reply = await api.get(path)
    expect(reply.status).toBe(302)
    expect(reply.body).toHaveLength(0)
    expect(reply.headers.get('cache-control')).toBe('public, no-cache')
    const location = new URL(reply.headers.get('location') ?? '')
    expect(location.origin).toBe('https://www.gravatar.com')
    expect(location.pathname).toBe(`/avatar/${hash}`)
    expect(location.searchParams.get('s')).toBe(pixels)

    const head = await api.ask('HEAD', path)
    expect(head.status).toBe(302)
    expect(head.headers.get('location')).toBe(location.href)
  })

  it('an invalid size answers 400', async () => {
    const user = await withGravatar('ada@example.com')
    expect((await api.get(avatarPath(user, '?size=x'))).status).toBe(400)
  })

  it('redirects to the configured server', async () => {
    const env = { GRAVATAR_URL: 'https://faces.example/avatar/' }
    const elsewhere = new Client(await world.startApi(env))
    const user = await withGravatar('ada@example.com', elsewhere)
    const location = (await elsewhere.get(avatarPath(user))).headers.get('location')
    expect(location).toMatch(`https://faces.example/avatar/${hash}?`)
  })
})

describe('no picture answers 404 without caching', () => {
  it.each([
    ['for an unknown user', async () => someone()],
    ['for a Gravatar without an email', () => withGravatar(undefined)],
  ])('%s', async (_, owner) => {
    const path = avatarPath(await owner())
    const reply = await api.get(path)
    expect(reply.status).toBe(404)
    expect(reply.json).toMatchObject({ code: 404, msg: 'Not found' })
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(reply.headers.has('etag')).toBe(false)

    const head = await api.ask('HEAD', path)
    expect(head.status).toBe(404)
    expect(head.body).toHaveLength(0)
  })
})
