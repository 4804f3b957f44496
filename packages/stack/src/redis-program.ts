import { StackError } from './error.ts'
import { findSystemProgram, type InstallError, installSystemPrograms } from './system-programs.js'

/** Path of Redis or Valkey. If both are missing and this process is root on Debian or Ubuntu, installs Redis. */
export async function redisProgram(notice?: (what: string) => void): Promise<string> {
  await installSystemPrograms(['Redis'], notice).catch(({ message, output }: InstallError) => {
    throw new StackError(message, output)
  })
  const program = findSystemProgram('Redis')
  if (program) return program
  throw new StackError(
    'Found neither redis-server nor valkey-server on the PATH. Install one (Debian or Ubuntu: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL.',
  )
}
