import { startRedis } from '@visage/stack/redis'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { expect, inject, test } from 'vitest'
import { readiness } from '../support/faults/outage-ready.ts'
import { requestStop } from '../support/faults/outage-stop.ts'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { putHead, RawConnection } from '../support/http/raw-http.ts'
import { photo } from '../support/pictures/photo.ts'
import { createWorld } from '../support/world/use-world.ts'

test.concurrent.each(['startApiProcess', 'startWorkerProcess'] as const)(
  '%s stops cleanly and long before its deadline while Redis is unavailable',
  async (start) => {
    const dir = temporaryFolder()
    const redis = await startRedis({ dir })
    const world = await createWorld({ ...inject('servers'), redis: { REDIS_URL: redis.url } })
    try {
      const app = await world[start]({ STOP_TIMEOUT: '15s' })
      redis.kill('SIGKILL')
      await redis.exited
      app.kill('SIGTERM')
      expect(await app.exited).toEqual({ code: 0, signal: null })
    } finally {
      await world.close()
      await redis.stop()
      removeServersFolder(dir)
    }
  },
)

test.concurrent('during STOP_DELAY an API is not ready but still serves, and closes each connection', async () => {
  const world = await createWorld()
  try {
    const api = await world.startApiProcess({ STOP_DELAY: '20s', STOP_TIMEOUT: '25s' })
    const kept = await RawConnection.open(api.port)
    const ask = () => kept.write('GET /nowhere HTTP/1.1\r\nHost: visage\r\n\r\n')
    await ask()
    expect((await kept.reply()).headers.get('connection')).toBe('keep-alive')
    await requestStop(api)
    await ask()
    expect((await kept.reply()).headers.get('connection')).toBe('close')
    await kept.closed()
    await new Client(api).upload(someone(), await photo({ width: 64, height: 64 }))
    expect(await readiness(api)).toMatchObject({ http: 503, status: 'stopping' })
    api.kill('SIGTERM')
    expect(await api.exited).toEqual({ code: 1, signal: null })
  } finally {
    await world.close()
  }
})

test.concurrent('an upload in flight at a stop is answered, and its connection is closed', async () => {
  const world = await createWorld()
  try {
    const api = await world.startApiProcess({ STOP_DELAY: '20s', STOP_TIMEOUT: '25s' })
    const picture = await photo({ width: 64, height: 64 })
    const busy = await RawConnection.open(api.port)
    await busy.write(
      putHead(tokenOf(someone()), `Content-Length: ${picture.length}`, 'Expect: 100-continue'),
    )
    expect((await busy.reply()).status).toBe(100)
    await requestStop(api)
    await busy.write(picture)
    const reply = await busy.putReply()
    expect(reply.json).toEqual({ code: 0, msg: '' })
    expect(reply.headers.get('connection')).toBe('close')
    await busy.closed()
  } finally {
    await world.close()
  }
})
