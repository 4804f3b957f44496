import { chmodSync, chownSync, lstatSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canRun, serverAccount } from '@visage/stack/account'
import { removeServersFolder } from '@visage/stack/temporary'
import { describe, expect, onTestFinished, test } from 'vitest'
import { dataFolder, processesOf, root, startLauncher } from '../support/servers/launcher.ts'

const nobody = { uid: 65_534, gid: 65_534 }
const isRoot = process.getuid?.() === 0

test('a read-only folder is reported in one sentence, and nothing starts', async () => {
  const file = join(dataFolder(), 'file')
  writeFileSync(file, '')
  const launcher = startLauncher(join(file, 'data'))
  expect(await launcher.exitCode).toBe(1)
  expect(launcher.said()).toBe(
    `✗ Cannot write to ${join(file, 'data')} (ENOTDIR). Set DATA_DIR to a writable folder.\n`,
  )
})

describe.runIf(isRoot)('as root (needs root)', () => {
  test('a folder that Postgres cannot access links to its data', async () => {
    const home = dataFolder()
    chmodSync(home, 0o700)
    const dataDir = join(home, 'visage')
    onTestFinished(() => removeServersFolder(dataDir))
    const launcher = startLauncher(dataDir)
    await launcher.ready()
    const link = join(dataDir, 'postgres')
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(statSync(link).uid).toBe(serverAccount()?.uid)
    expect(await launcher.interrupt()).toBe(0)
    expect(processesOf(home)).toEqual([])
  })
})

describe.runIf(isRoot && canRun(nobody, 'test', '-r', join(root, 'bin', 'start.mjs')))(
  'as an ordinary user',
  () => {
    test('a stack starts and stops in a folder of that user', async () => {
      const dataDir = dataFolder()
      chownSync(dataDir, nobody.uid, nobody.gid)
      const launcher = startLauncher(dataDir, {}, nobody)
      await launcher.ready()
      for (const name of ['stack.json', 'postgres', 'redis', 's3'])
        expect(lstatSync(join(dataDir, name))).toMatchObject({ uid: nobody.uid })
      expect(await launcher.interrupt()).toBe(0)
      expect(processesOf(dataDir)).toEqual([])
    })

    test('a folder of another user is reported in one sentence', async () => {
      const dataDir = dataFolder()
      const launcher = startLauncher(dataDir, {}, nobody)
      expect(await launcher.exitCode).toBe(1)
      expect(launcher.said()).toBe(
        `✗ Cannot write to ${dataDir} (EACCES). Set DATA_DIR to a writable folder.\n`,
      )
    })
  },
)
