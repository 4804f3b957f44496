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
    // The template database is in another Postgres.
    const { template: _, ...servers } = inject('servers')
    world = await createWorld({ ...servers, databaseUrl: postgres.url })
  })
  afterAll(async () => {
    await world.close()
    await gate.close()
    await postgres.stop()
    removeServersFolder(dir)
  })

  /** Settings with one CA as text on one line and one CA as a file. */
  const trusting = () => ({
    DATABASE_URL: `${world.env.DATABASE_URL}?sslmode=verify-full`,
    DATABASE_CA: authority.pem.replaceAll('\n', '\\n'),
    S3_ENDPOINT: gate.endpoint,
    S3_CA: authority.path,
  })

  test('the API, a worker and the audit run every query and request', {
    timeout: 60_000,
  }, async () => {
    const env = trusting()
    await doEverything(world, { api: env, worker: env, audit: env })
    expect(gate.requests.length).toBeGreaterThan(10)
  })

  test('an API without the CA sends nothing to either server and reports the reason', async () => {
    const before = gate.requests.length
    const { S3_CA: _, DATABASE_CA: __, ...env } = trusting()
    const api = new Client(await world.startApiProcess({ ...env, DEBUG_ERRORS: 'true' }))
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
