import { readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import { someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const document = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8')

const world = useWorld({ shared: true })
let api: string
let setAvatar: (api: string, token: string, file: Uint8Array) => Promise<{ state: string }>

beforeAll(async () => {
  const [app] = await Promise.all([world.startApi(), world.startWorker()])
  api = `http://127.0.0.1:${app.port}`
  const [, block = ''] = /```js\n([\s\S]*?)```/.exec(document) ?? []
  const url = `data:text/javascript;base64,${Buffer.from(block).toString('base64')}`
  ;({ setAvatar } = await import(/* @vite-ignore */ url))
})

it("the document's fetch client uploads a picture and gets its outcome", async () => {
  const jpeg = await photo({ width: 200, height: 200 })
  const token = tokenOf(someone())
  expect(await setAvatar(api, token, jpeg)).toMatchObject({ state: 'ready' })
  const half = jpeg.subarray(0, jpeg.length / 2)
  expect(await setAvatar(api, token, half)).toMatchObject({
    state: 'rejected',
    reason: 'truncated',
  })
})

it('it throws the error of the service with its code and correlation ID', async () => {
  const refused = setAvatar(api, tokenOf(someone()), new TextEncoder().encode('%PDF-1.7'))
  await expect(refused).rejects.toMatchObject({
    code: 40050,
    message: 'PDF is not accepted; send JPEG, PNG, WebP, GIF, AVIF or HEIC',
    correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
})
