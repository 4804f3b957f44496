import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onPath } from '@visage/stack/os'
import { freePort } from '@visage/stack/ports'
import { expect, onTestFinished, test } from 'vitest'
import { keyPairs, pemOf } from '../support/http/keys.ts'
import { craft } from '../support/pictures/craft.ts'
import { dataFolder, processesOf, startLauncher } from '../support/servers/launcher.ts'

const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)
const pid = expect.any(Number)

test('stack.json describes the running stack, and Ctrl-C stops every process', async () => {
  const launcher = startLauncher(dataFolder())
  const stack = await launcher.ready()
  expect(stack).toEqual({
    apiUrl: url,
    opsUrl: url,
    workerOpsUrl: url,
    databaseUrl: expect.stringMatching(/^postgres:\/\/visage:.+@127\.0\.0\.1:\d+\/visage$/),
    redisUrl: expect.stringMatching(/^redis:\/\/:.+@127\.0\.0\.1:\d+$/),
    s3: {
      endpoint: url,
      accessKey: expect.any(String),
      secretKey: expect.any(String),
      bucket: 'visage',
      region: 'us-east-1',
    },
    pids: {
      launcher: launcher.child.pid,
      postgres: pid,
      redis: pid,
      s3: pid,
      api: pid,
      workers: [pid],
    },
  })
  const file = join(launcher.dataDir, 'stack.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  for (const ops of [stack.opsUrl, stack.workerOpsUrl])
    expect((await fetch(`${ops}/healthz`)).status).toBe(200)

  // The terminal sends it to every process of the group, and npm 10 passes it on once more.
  launcher.child.kill('SIGINT')
  expect(await launcher.interrupt()).toBe(0)
  expect(existsSync(file)).toBe(false)
  expect(processesOf(launcher.dataDir)).toEqual([])
})

test('a stack with a public key accepts tokens of the private key', async () => {
  const { publicKey, privateKey } = keyPairs.p256
  const launcher = startLauncher(dataFolder(), { JWT_PUBLIC_KEY: pemOf(publicKey) })
  const { apiUrl } = await launcher.ready()
  const exp = Math.floor(Date.now() / 1000) + 60
  const headers = {
    Authorization: `Bearer ${craft({ alg: 'ES256' }, { sub: 'ada', exp }, privateKey)}`,
  }
  const reply = await fetch(`${apiUrl}/user/setting/avatar`, { headers })
  expect(await reply.json()).toMatchObject({ code: 0 })
  expect(launcher.said()).toContain('Authorization: Bearer $TOKEN')
})

test.skipIf(!onPath('curl'))(
  'the printed curl line works, and its picture survives a restart',
  async () => {
    const dataDir = dataFolder()
    const first = startLauncher(dataDir)
    const before = await first.ready()
    const [line = ''] = /curl -T .*/.exec(first.said()) ?? []
    const answer = JSON.parse(
      execFileSync('sh', ['-c', `${line} -sS`], { cwd: tmpdir(), encoding: 'utf8' }),
    )
    expect(answer).toMatchObject({ code: 0 })
    await expect.poll(() => picture(before.apiUrl), { timeout: 10_000 }).toBe(200)
    await first.interrupt()

    const after = await startLauncher(dataDir).ready()
    expect(await picture(after.apiUrl)).toBe(200)
    expect(after).toMatchObject({
      databaseUrl: before.databaseUrl,
      redisUrl: before.redisUrl,
      s3: before.s3,
    })
  },
)

const picture = async (apiUrl: string) => (await fetch(`${apiUrl}/user/avatar/demo`)).status

test('a second start in the same folder is refused in one sentence, and the first continues', async () => {
  const first = startLauncher(dataFolder())
  const stack = await first.ready()
  const second = startLauncher(first.dataDir)
  expect(await second.exitCode).toBe(1)
  expect(second.said()).toBe(
    `✗ Visage already runs in ${first.dataDir} (process ${first.child.pid}).\n`,
  )
  expect((await fetch(`${stack.opsUrl}/healthz`)).status).toBe(200)
  expect(existsSync(join(first.dataDir, 'stack.json'))).toBe(true)
})

test.each(['PORT', 'OPS_PORT', 'WORKER_OPS_PORT'])(
  'a %s in use is reported in one sentence, and nothing starts',
  async (variable) => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const launcher = startLauncher(dataFolder(), { [variable]: `${port}` })
    expect(await launcher.exitCode).toBe(1)
    expect(launcher.said()).toBe(
      `✗ Port ${port} is in use. Choose another one with ${variable}, for example ${variable}=${port + 10} npm start.\n`,
    )
    expect(processesOf(launcher.dataDir)).toEqual([])
  },
)

test('workers use ports from WORKER_OPS_PORT upwards', async () => {
  const port = await freePort()
  const launcher = startLauncher(dataFolder(), { WORKERS: '2', WORKER_OPS_PORT: `${port}` })
  const { pids, workerOpsUrl } = await launcher.ready()
  expect(pids.workers).toEqual([pid, pid])
  expect(workerOpsUrl).toBe(`http://127.0.0.1:${port}`)
  expect((await fetch(`http://127.0.0.1:${port + 1}/healthz`)).status).toBe(200)
})

test('Ctrl-C during the start leaves no process', async () => {
  const launcher = startLauncher(dataFolder())
  await once(launcher.child.stdout ?? launcher.child, 'data')
  expect(await launcher.interrupt()).toBe(0)
  expect(processesOf(launcher.dataDir)).toEqual([])
})
