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

/** Uploads a picture and waits for its outcome. */
async function sent(query = '', body = jpeg): Promise<UploadId> {
  const reply = await api.ask('PUT', `${AVATAR}${query}`, { token: tokenOf(user), body })
  const id = asUploadId(reply.headers.get('x-upload-id') ?? '')
  await work(id)
  return id
}

describe('the original of a picture', () => {
  it('is not kept by default', async () => {
    const [app] = await Promise.all([ordinary.startApi(), ordinary.startWorker()])
    const id = await new Client(app).upload(user, jpeg)
    expect(await ordinary.outcome(id)).toBe('ready')
    expect(await originals(ordinary)).toEqual([])
  })

  it('is kept unchanged, with the data of its job, once the picture is shown', async () => {
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

  it('of a rejected picture is not kept', async () => {
    const id = await sent('', jpeg.subarray(0, jpeg.length / 2))
    expect(await api.receipt(user, id)).toMatchObject({ state: 'rejected' })
    expect(await originals()).toEqual([])
  })

  it('has no URL', async () => {
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

  it('is deleted before the answer to a removal, with every rerender of it', async () => {
    const id = await sent()
    const rerendered = rerenderRevision(id, '0123456789ab') ?? id
    await new Originals(world.store).copyRevision(user, id, rerendered)
    await world.store.put(asObjectKey(`${variantPrefix(user, rerendered)}64.jpg`), jpeg, {
      mediaType: 'image/jpeg',
    })
    expect(await originals()).toHaveLength(2)
    await api.ask('DELETE', AVATAR, { token: tokenOf(user) })
    expect(await originals()).toEqual([])
    expect(await keysIn(world, variantPrefix(user, rerendered))).toEqual([])
  })

  it('of a replaced picture is deleted with its variants', async () => {
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
