import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Identity, identityOf, isAlive, readIdentity } from './identity.ts'
import { signalTree } from './os.ts'

/** Content of a pid file. */
interface PidRecord extends Identity {
  readonly stopSignal: NodeJS.Signals
}

/** Records a child process, so that `stopLeftovers` finds it if this process is killed. */
export function writePidFile(path: string, pid: number, stopSignal: NodeJS.Signals): void {
  writeFileSync(path, JSON.stringify({ ...identityOf(pid), stopSignal } satisfies PidRecord))
}

/** Stops every process that has a pid file in the folder, and removes the files. Skips a pid that another process now has. */
export async function stopLeftovers(folder: string): Promise<void> {
  await Promise.all(readdirSync(folder).map((file) => stopLeftover(join(folder, file))))
}

async function stopLeftover(path: string): Promise<void> {
  const record = readIdentity<PidRecord>(path)
  if (record && isAlive(record)) {
    signalTree(record.pid, 'SIGCONT')
    process.kill(record.pid, record.stopSignal)
    if (!(await hasExited(record, 10))) signalTree(record.pid, 'SIGKILL')
    await hasExited(record, 5)
  }
  rmSync(path, { force: true })
}

/** Polls, because Node reports the exit of child processes only. */
async function hasExited(record: PidRecord, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000
  while (isAlive(record) && Date.now() < deadline) await delay(20)
  return !isAlive(record)
}
