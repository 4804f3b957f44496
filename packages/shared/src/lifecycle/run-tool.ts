import { ConfigError } from '../config/read.ts'
import { AppError } from '../errors/app-error.ts'
import { StartError } from './start-error.ts'

/**
 * The life of a command: do it and exit with the code that it gives, or say what was wrong and exit 1; 78 for
 * the configuration.
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
