import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { onPath } from '@visage/stack/os'
import { expect, test } from 'vitest'
import { dataFolder, processesOf, startLauncher } from '../support/servers/launcher.ts'

test.each(['postgres', 'redis', 's3', 'api'] as const)(
  'the launcher reports a crash of %s and stops the stack',
  async (name) => {
    const launcher = startLauncher(dataFolder())
    const { pids } = await launcher.ready()
    process.kill(pids[name] ?? 0, 'SIGKILL')
    expect(await launcher.exitCode).toBe(1)
    expect(launcher.said()).toMatch(
      new RegExp(`✗ ${name}.* exited unexpectedly \\(signal SIGKILL\\)`, 'i'),
    )
    expect(processesOf(launcher.dataDir)).toEqual([])
  },
)

test('after a kill -9 of the launcher its processes exit, and the next start works', async () => {
  const first = startLauncher(dataFolder())
  const before = await first.ready()
  first.child.kill('SIGKILL')
  await first.exitCode

  const second = startLauncher(first.dataDir)
  const after = await second.ready()
  for (const old of [before.pids.postgres, before.pids.redis, before.pids.s3, before.pids.api])
    expect(processesOf(first.dataDir)).not.toContain(old)
  expect(after.databaseUrl).toBe(before.databaseUrl)
  expect(await second.interrupt()).toBe(0)
  expect(processesOf(first.dataDir)).toEqual([])
})

test('a start stops the processes that a killed launcher left running', async () => {
  // Without setpriv nothing ends Postgres and Redis when the launcher is killed.
  const bin = dataFolder()
  for (const program of ['node', 'id', redis])
    symlinkSync(onPath(program) ?? '', join(bin, program))
  const first = startLauncher(dataFolder(), { PATH: bin })
  const before = await first.ready()
  first.child.kill('SIGKILL')
  await first.exitCode
  expect(processesOf(first.dataDir)).toContain(before.pids.postgres)

  const second = startLauncher(first.dataDir)
  const after = await second.ready()
  expect(processesOf(first.dataDir)).not.toContain(before.pids.postgres)
  expect(after.databaseUrl).toBe(before.databaseUrl)
  expect(await second.interrupt()).toBe(0)
  expect(processesOf(first.dataDir)).toEqual([])
})

const redis = onPath('redis-server') ? 'redis-server' : 'valkey-server'
