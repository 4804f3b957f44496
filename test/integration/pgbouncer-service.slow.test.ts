import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { avatarPath, Client, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { type PgBouncer, startPgBouncer } from '../support/servers/pgbouncer.ts'
import { withProgram } from '../support/servers/with-program.ts'
import { keysIn, pictureRow } from '../support/world/state.ts'
import { useWorld } from '../support/world/use-world.ts'

const CHANGES = 50

withProgram('PgBouncer', 'the service behind PgBouncer in transaction mode', (program) => {
  let pgbouncer: PgBouncer
  const world = useWorld()
  let api: Client
  let jpeg: Buffer

  beforeAll(async () => {
    pgbouncer = await startPgBouncer(program, inject('servers').databaseUrl)
    const env = { DATABASE_URL: pgbouncer.through(`${world.env.DATABASE_URL}`) }
    api = new Client(await world.startApi(env))
    await world.startWorker(env)
    jpeg = await photo({ width: 96, height: 64 })
  })
  afterAll(async () => {
    await pgbouncer.close()
  })

  test('shows a picture, returns its receipt, and removes it', async () => {
    const id = await api.upload('ada', jpeg)
    expect(await world.outcome(id)).toBe('ready')
    expect((await api.get(avatarPath('ada'))).status).toBe(200)
    expect(await api.receipt('ada', id)).toMatchObject({ state: 'ready' })
    await api.ask('DELETE', '/user/setting/avatar', { token: tokenOf('ada') })
    expect((await api.get(avatarPath('ada'))).status).toBe(404)
  })

  test(`the newest of ${CHANGES} concurrent changes of one user wins`, async () => {
    const uploads = await Promise.all(
      Array.from({ length: CHANGES }, () => api.upload('bob', jpeg)),
    )
    const outcomes: string[] = []
    for (const id of uploads) outcomes.push(await world.outcome(id))
    const newest = uploads.toSorted().at(-1)
    expect(outcomes[newest ? uploads.indexOf(newest) : -1]).toBe('ready')
    expect(new Set(outcomes)).toEqual(new Set(['ready', 'superseded']))
    expect(await pictureRow(world, 'bob')).toMatchObject({ revision: newest })
    expect(await keysIn(world, 'raw/')).toEqual([])
  })
})
