import { StackError } from './error.ts'
import { findSystemProgram, type InstallError, installSystemPrograms } from './system-programs.js'

/** The Redis, or Valkey, of the system; root on Debian or Ubuntu gets it installed. */
export async function redisProgram(notice?: (what: string) => void): Promise<string> {
  await installSystemPrograms(['Redis'], notice).catch(({ message, output }: InstallError) => {
    throw new StackError(message, output)
  })
  const program = findSystemProgram('Redis')
  if (program) return program
  throw new StackError(
    'No redis-server or valkey-server was found: install one (Debian or Ubuntu: apt-get install redis-server, macOS: brew install redis), or set REDIS_URL.',
  )
}
