import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Identity, identityOf, isAlive, readIdentity } from './identity.ts'
import { signalTree } from './os.ts'

interface Note extends Identity {
  readonly stopSignal: NodeJS.Signals
}

/** Notes a process that we started, to be found by `endLeftovers` should we be killed. */
export function writePidFile(path: string, pid: number, stopSignal: NodeJS.Signals): void {
  writeFileSync(path, JSON.stringify({ ...identityOf(pid), stopSignal } satisfies Note))
}

/** Ends every process noted in the folder that is still the one that was noted. */
export async function endLeftovers(folder: string): Promise<void> {
  await Promise.all(readdirSync(folder).map((file) => endLeftover(join(folder, file))))
}

async function endLeftover(path: string): Promise<void> {
  const note = readIdentity<Note>(path)
  if (note && isAlive(note)) {
    signalTree(note.pid, 'SIGCONT')
    process.kill(note.pid, note.stopSignal)
    if (!(await gone(note, 10))) signalTree(note.pid, 'SIGKILL')
    await gone(note, 5)
  }
  rmSync(path, { force: true })
}

/** Polls, as nothing tells us of the end of a process that is not our child. */
async function gone(note: Note, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000
  while (isAlive(note) && Date.now() < deadline) await delay(20)
  return !isAlive(note)
}
