import { ConfigError } from '../config/read.ts'
import { AppError } from '../errors/app-error.ts'
import { StartError } from './start-error.ts'

/**
 * Runs a command and exits with the code that `work` returns. If `work` throws, prints the error and exits with 78 for
 * a ConfigError, otherwise with 1.
 */
export async function runTool(work: () => Promise<number>): Promise<never> {
  try {
    process.exit(await work())
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`)
    process.exit(error instanceof ConfigError ? 78 : 1)
  }
}

function explain(error: unknown): string {
  if (error instanceof StartError) return error.message
  if (error instanceof AppError) return `${error.message} (${(error.cause as Error)?.message})`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
