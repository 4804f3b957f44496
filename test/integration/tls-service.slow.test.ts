import { readFileSync } from 'node:fs'
import type { Postgres } from '@visage/stack/postgres'
import { removeServersFolder, temporaryFolder } from '@visage/stack/temporary'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { AVATAR, Client, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { Authority } from '../support/servers/authority.ts'
import { startTlsPostgres } from '../support/servers/postgres-tls.ts'
import { StoreGate } from '../support/servers/store-gate.ts'
import { withProgram } from '../support/servers/with-program.ts'
import { doEverything } from '../support/world/everything.ts'
import { createWorld, type World } from '../support/world/use-world.ts'

withProgram('OpenSSL', 'with TLS to Postgres and to the object store', (openssl) => {
  const dir = temporaryFolder()
  let authority: Authority
  let postgres: Postgres
  let gate: StoreGate
  let world: World

  beforeAll(async () => {
    authority = new Authority(openssl, dir, 'authority')
    const server = authority.issue('server', 'IP:127.0.0.1')
    const [cert, key] = [readFileSync(server.cert), readFileSync(server.key)]
    gate = await StoreGate.open(inject('servers').s3.endpoint, { cert, key })
    postgres = await startTlsPostgres(dir, server, authority.path)
    // The template of the run is in another Postgres.
    const { template: _, ...servers } = inject('servers')
    world = await createWorld({ ...servers, databaseUrl: postgres.url })
  })
  afterAll(async () => {
    await world.close()
    await gate.close()
    await postgres.stop()
    removeServersFolder(dir)
  })

  /** An authority may be named by its text, on one line as files of variables want it, or by its file. */
  const trusting = () => ({
    DATABASE_URL: `${world.env.DATABASE_URL}?sslmode=verify-full`,
    DATABASE_CA: authority.pem.replaceAll('\n', '\\n'),
    S3_ENDPOINT: gate.endpoint,
    S3_CA: authority.path,
  })

  test('the API, a worker and the audit do all that they do', { timeout: 60_000 }, async () => {
    const way = trusting()
    await doEverything(world, { api: way, worker: way, audit: way })
    expect(gate.requests.length).toBeGreaterThan(10)
  })

  test('an API that does not know the authority sends neither of them anything, and says why', async () => {
    const before = gate.requests.length
    const { S3_CA: _, DATABASE_CA: __, ...way } = trusting()
    const api = new Client(await world.startApiProcess({ ...way, DEBUG_ERRORS: 'true' }))
    const token = tokenOf('ada')
    const upload = await api.put(token, await photo({ width: 96, height: 64 }))
    expect(upload.json).toMatchObject({ code: 50_004, error: expect.stringContaining('S3_CA') })
    const reset = await api.ask('PUT', AVATAR, { token })
    expect(reset.json).toMatchObject({
      code: 50_001,
      error: expect.stringContaining('DATABASE_CA'),
    })
    expect(gate.requests).toHaveLength(before)
  })
})
