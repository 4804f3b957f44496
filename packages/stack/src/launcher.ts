import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from './config.ts'
import { openFolder } from './folder.ts'
import { stopAll } from './process.ts'
import { readOrCreateSecret } from './secrets.ts'
import { startStack } from './stack.ts'
import type { StackContext } from './stack-context.ts'
import { writeStackFile } from './stack-file.ts'
import { superviseProcesses, waitForStopSignal } from './supervision.ts'
import { Terminal } from './terminal.ts'
import { demoToken, usesExternalKeys } from './token.ts'
import { welcome } from './welcome.ts'

/**
 * Starts the stack and runs it until a stop signal or until one of its processes exits. Then stops all processes, also if the
 * start fails.
 * @returns the exit code: 0 after a signal
 */
export async function runStack(root: string, env: NodeJS.ProcessEnv): Promise<number> {
  const terminal = new Terminal()
  const stopSignal = waitForStopSignal(() =>
    terminal.print('Stopping. Press Ctrl-C again to stop at once and interrupt running work.'),
  )
  const { failed, watch } = superviseProcesses()
  const stopped = Promise.race([stopSignal, failed])
  const starting = start({ root, env, terminal, watch })
  try {
    await Promise.race([stopped, starting.then(() => stopped)])
    await stopAll()
    terminal.print('Stopped.')
    return 0
  } catch (error) {
    terminal.printError(error)
    // An app may wait forever for the process that exited. Unfinished jobs are redone after the next start.
    await stopAll(5)
    return 1
  } finally {
    await starting.catch(() => {})
  }
}

type StartContext = Pick<StackContext, 'root' | 'env' | 'terminal' | 'watch'>

async function start({ root, env, terminal, watch }: StartContext): Promise<void> {
  const config = readConfig(env, root)
  const folder = await openFolder(config.dataDir)
  const ownSecret = usesExternalKeys(env) ? undefined : readOrCreateSecret(folder.jwtSecretFile)
  const jwtSecret = env.JWT_SECRET || ownSecret
  const stack = await startStack({ root, env, terminal, watch, config, folder, jwtSecret })
  process.once('exit', () => rmSync(folder.stackFile, { force: true }))
  writeStackFile(folder.stackFile, stack)
  const picture = join(root, 'docs', 'sample.jpg')
  const token = jwtSecret && demoToken(jwtSecret, env)
  terminal.print(welcome(stack, token, picture, config.dataDir, env))
}
