import { originalKey, userFolder, variantPrefix } from '@visage/shared/avatar/keys'
import { rerenderRevision } from '@visage/shared/avatar/recipe-id'
import type { UploadId } from '@visage/shared/avatar/upload'
import type { UserId } from '@visage/shared/avatar/user-id'
import { Originals } from '@visage/shared/storage/originals'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { asObjectKey, asRevision, asUploadId } from '../support/domain/brands.ts'
import { eventually } from '../support/domain/eventually.ts'
import { AVATAR, avatarPath, Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { usePausedWorker } from '../support/world/paused-work.ts'
import { keysIn } from '../support/world/state.ts'
import { useWorld, type World } from '../support/world/use-world.ts'

const world = useWorld()
const keep = { KEEP_ORIGINALS: 'true', PURGE_EVERY: '1s', PURGE_AFTER: '0s' }
const { work, maintain } = usePausedWorker(world, keep)
const ordinary = useWorld({ shared: true })
let api: Client
let jpeg: Buffer
let user: UserId

beforeAll(async () => {
  api = new Client(await world.startApi())
  jpeg = await photo({ width: 64, height: 64, orientation: 6 })
})
beforeEach(() => {
  user = someone()
})

const originals = (of: World = world) => keysIn(of, originalKey(user, asRevision('')))

/** Sends a picture, and lets the worker do it. */
async function sent(query = '', body = jpeg): Promise<UploadId> {
  const reply = await api.ask('PUT', `${AVATAR}${query}`, { token: tokenOf(user), body })
  const id = asUploadId(reply.headers.get('x-upload-id') ?? '')
  await work(id)
  return id
}

describe('the original of a picture', () => {
  it('is not kept, unless that is asked for', async () => {
    const [app] = await Promise.all([ordinary.startApi(), ordinary.startWorker()])
    const id = await new Client(app).upload(user, jpeg)
    expect(await ordinary.outcome(id)).toBe('ready')
    expect(await originals(ordinary)).toEqual([])
  })

  it('is kept to the byte with all that its job said, once the picture is shown', async () => {
    const id = await sent('?gravity=entropy')
    const kept = new Originals(world.store)
    expect(await kept.get(user, id)).toEqual(jpeg)
    expect(await kept.find(user, id)).toMatchObject({
      id,
      userId: user,
      bytes: jpeg.length,
      format: 'jpeg',
      framing: { gravity: 'entropy' },
    })
    expect(await keysIn(world, 'raw/')).toEqual([])
  })

  it('is not kept of a picture that is rejected', async () => {
    const id = await sent('', jpeg.subarray(0, jpeg.length / 2))
    expect(await api.receipt(user, id)).toMatchObject({ state: 'rejected' })
    expect(await originals()).toEqual([])
  })

  it('is reached by no address', async () => {
    const id = await sent()
    const key = originalKey(user, id)
    const folder = userFolder(user)
    const paths = [
      `/${key}`,
      `/user/avatar/${key}`,
      `/user/avatar/${folder}/${id}`,
      `/user/avatar/${user}/${id}`,
      `/user/avatar/${user}/${id}/`,
      `/user/avatar/${user}/${id}/original`,
      `/user/avatar/${user}/${id}/100.jpg/../../../${key}`,
      `/user/avatar/${encodeURIComponent(`../originals/${folder}`)}/${id}/100.jpg`,
      `/user/avatar/${user}/${encodeURIComponent(`../../../${key}`)}/100.jpg`,
      `/user/avatar/${user}/${id}/${encodeURIComponent(`../../../${key}`)}`,
    ]
    for (const path of paths) {
      const reply = await api.get(path)
      expect(reply.status, path).toBe(404)
      expect(reply.body.includes(jpeg), path).toBe(false)
    }
    const shown = await api.get(avatarPath(user))
    expect(shown.status).toBe(200)
    expect(shown.body.equals(jpeg)).toBe(false)
  })

  it('goes before the answer when its user has the picture removed, and what it is being rendered anew as', async () => {
    const id = await sent()
    const anew = rerenderRevision(id, '0123456789ab') ?? id
    await new Originals(world.store).copyRevision(user, id, anew)
    await world.store.put(asObjectKey(`${variantPrefix(user, anew)}64.jpg`), jpeg, {
      mediaType: 'image/jpeg',
    })
    expect(await originals()).toHaveLength(2)
    await api.ask('DELETE', AVATAR, { token: tokenOf(user) })
    expect(await originals()).toEqual([])
    expect(await keysIn(world, variantPrefix(user, anew))).toEqual([])
  })

  it('stays with the variants of a picture that was replaced, and goes with them', async () => {
    const [older, newer] = [await sent(), await sent()]
    expect(await originals()).toEqual([originalKey(user, older), originalKey(user, newer)])
    expect(await keysIn(world, variantPrefix(user, older))).not.toEqual([])
    await maintain(() =>
      eventually('it is gone', 15_000, async () => (await originals()).length === 1),
    )
    expect(await originals()).toEqual([originalKey(user, newer)])
    expect(await keysIn(world, variantPrefix(user, older))).toEqual([])
  })
})
