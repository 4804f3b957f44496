import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client, someone, tokenOf } from '../support/http/http.ts'
import { newSecret } from '../support/http/receiver.ts'
import { withProgram } from '../support/servers/with-program.ts'
import { recordLog } from '../support/world/app-log.ts'
import { useWorld } from '../support/world/use-world.ts'

const dir = mkdtempSync(join(tmpdir(), 'visage-tls-'))
const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
const log = recordLog('webhook-tls')

withProgram('OpenSSL', 'by https', (openssl) => {
  const world = useWorld()
  let server: Server
  let api: Client

  beforeAll(async () => {
    makeCertificate(openssl)
    server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    api = new Client(await world.startApiProcess(env()))
  })
  afterAll(async () => {
    await world?.close()
    server?.close()
    rmSync(dir, { recursive: true })
  })

  const env = (more = {}) => ({
    WEBHOOK_URL: `https://localhost:${(server.address() as AddressInfo).port}/`,
    WEBHOOK_SECRET: newSecret(),
    WEBHOOK_ALLOW_PRIVATE: 'true',
    ...more,
  })

  test('a receiver gets deliveries only if its certificate is trusted', async () => {
    let requests = 0
    server.on('request', () => requests++)
    const distrustful = await world.startWorkerProcess(env())
    await api.put(tokenOf(someone()))
    await log.line({ msg: 'Failed to deliver announcement; retrying' })
    await distrustful.stop()
    expect(requests).toBe(0)
    const request = once(server, 'request')
    server.on('request', (_, res) => res.writeHead(204).end())
    await world.startWorkerProcess(env({ NODE_EXTRA_CA_CERTS: certFile }))
    const [{ headers }] = (await request) as [IncomingMessage]
    expect(headers['webhook-signature']).toMatch(/^v1,/)
    await log.line({ msg: 'Processed announcement', outcome: 'delivered' })
  })
})

function makeCertificate(openssl: string): void {
  const files = ['-keyout', keyFile, '-out', certFile]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...files, ...subject]
  execFileSync(openssl, args, { stdio: 'pipe' })
}
