import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from './config.ts'
import { deaths, stopAsked } from './ends.ts'
import { openFolder } from './folder.ts'
import { stopAll } from './process.ts'
import { keptSecret } from './secrets.ts'
import { startStack } from './stack.ts'
import type { StackContext } from './stack-context.ts'
import { writeStackFile } from './stack-file.ts'
import { Terminal } from './terminal.ts'
import { demoToken, isSignedElsewhere } from './token.ts'
import { welcome } from './welcome.ts'

/**
 * The life of a stack: bring it up, let it run until a signal or until one of its processes ends of
 * its own accord, stop it. However it ends, nothing of it is left running.
 * @returns the exit code: 0 after a signal
 */
export async function runStack(root: string, env: NodeJS.ProcessEnv): Promise<number> {
  const terminal = new Terminal()
  const asked = stopAsked(() =>
    terminal.print('Stopping. Press Ctrl-C again to stop at once and interrupt running work.'),
  )
  const { died, watch } = deaths()
  const ended = Promise.race([asked, died])
  const up = bringUp({ root, env, terminal, watch })
  try {
    await Promise.race([ended, up.then(() => ended)])
    await stopAll()
    terminal.print('Stopped.')
    return 0
  } catch (error) {
    terminal.problem(error)
    // What an app still does may never end without what has died; it is done again another time.
    await stopAll(5)
    return 1
  } finally {
    await up.catch(() => {})
  }
}

type Given = Pick<StackContext, 'root' | 'env' | 'terminal' | 'watch'>

async function bringUp({ root, env, terminal, watch }: Given): Promise<void> {
  const config = readConfig(env, root)
  const folder = await openFolder(config.dataDir)
  const ownSecret = isSignedElsewhere(env) ? undefined : keptSecret(folder.jwtSecretFile)
  const jwtSecret = env.JWT_SECRET || ownSecret
  const stack = await startStack({ root, env, terminal, watch, config, folder, jwtSecret })
  process.once('exit', () => rmSync(folder.stackFile, { force: true }))
  writeStackFile(folder.stackFile, stack)
  const picture = join(root, 'docs', 'sample.jpg')
  const token = jwtSecret && demoToken(jwtSecret, env)
  terminal.print(welcome(stack, token, picture, config.dataDir, env))
}
