import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataFolder, root } from '../support/servers/launcher.ts'

const taker = `
  import { takeLock } from '${join(root, 'packages/stack/dist/lock.js')}'
  process.send('here')
  process.on('message', (folder) => process.send(takeLock(folder)?.pid ?? 'mine'))
`

test('exactly one of many concurrent processes takes over the lock of a dead process', async () => {
  const folder = dataFolder()
  writeFileSync(
    join(folder, '7'),
    JSON.stringify({ pid: process.pid, birth: 'an earlier process' }),
  )
  const takers = Array.from({ length: 12 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', taker], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  )
  const message = () => Promise.all(takers.map(async (one) => (await once(one, 'message'))[0]))
  await message()
  for (const one of takers) one.send(folder)
  const answers = await message()
  const winner = takers[answers.indexOf('mine')]
  expect(answers.toSorted()).toEqual([...Array(11).fill(winner?.pid), 'mine'])
  for (const one of takers) one.disconnect()
})
