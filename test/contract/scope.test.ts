import { beforeAll, describe, expect, it } from 'vitest'
import { AVATAR, Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { stateOf } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let api: Client
let jpeg: Buffer

beforeAll(async () => {
  api = new Client(await world.startApi())
  jpeg = await photo({ width: 64, height: 64 })
})

const [READ, WRITE] = ['UserInfo.Read', 'UserInfo.Write']
const client = { client_id: 'an-app' }

const grants: [claims: Record<string, unknown>, mayRead: boolean, mayWrite: boolean][] = [
  [{}, true, true],
  [{ scopes: [] }, true, true],
  [{ ...client }, false, false],
  [{ ...client, scopes: null }, false, false],
  [{ ...client, scopes: [] }, false, false],
  [{ ...client, scopes: '' }, false, false],
  [{ ...client, scopes: [READ] }, true, false],
  [{ ...client, scopes: READ }, true, false],
  [{ ...client, scopes: [WRITE] }, true, true],
  [{ ...client, scopes: WRITE }, true, true],
  [{ ...client, scopes: ['openid', READ, WRITE] }, true, true],
  [{ ...client, scopes: `openid ${READ} ${WRITE}` }, true, true],
  [{ ...client, scopes: `openid ${WRITE}` }, true, true],
  [{ ...client, scopes: [`${WRITE}All`, 'userinfo.write', 'Files.Write'] }, false, false],
  [{ ...client, scopes: `${WRITE}.All userinfo.write` }, false, false],
  [{ ...client, scopes: { [WRITE]: true } }, false, false],
]

describe('the scopes of a client token limit its access', () => {
  it.each(grants)('%j reads: %s, writes: %s', async (claims, mayRead, mayWrite) => {
    const user = someone()
    const token = tokenOf(user, claims)
    for (const path of [AVATAR, `${AVATAR}/uploads/none`]) {
      const reply = await api.get(path, { token })
      const granted = path === AVATAR ? { code: 0 } : { code: 404 }
      expect(reply.status).toBe(200)
      expect(reply.json).toMatchObject(mayRead ? granted : insufficient(READ))
    }
    const written = await api.put(token, jpeg)
    expect(written.status).toBe(200)
    expect(written.json).toMatchObject(mayWrite ? { code: 0 } : insufficient(WRITE))
  })

  it('a token without the write scope changes nothing', async () => {
    const user = someone()
    const token = tokenOf(user, { ...client, scopes: [READ], email: 'a@example.com' })
    const before = await stateOf(world, user)
    await api.put(token, jpeg)
    await api.put(token)
    expect(await stateOf(world, user)).toEqual(before)
  })
})

function insufficient(scope: string | undefined) {
  return { code: 40089, msg: `Insufficient scope: ${scope}` }
}
