import { parseArgs } from 'node:util'
import { runTool } from '@visage/shared/lifecycle/run-tool'
import { ShutdownSteps } from '@visage/shared/lifecycle/shutdown-steps'
import { StartError } from '@visage/shared/lifecycle/start-error'
import { createLogger } from '@visage/shared/log/logger'
import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { waitForRedis } from '@visage/shared/queue/redis-connection'
import { untraced } from '@visage/shared/tracing/tracing'
import { readConfig, type WorkerConfig } from '../config.ts'
import { workerMetrics } from '../metrics.ts'
import { connect, type WorkerServices } from '../services.ts'

/** Context of a maintenance command. */
export interface Command {
  readonly config: WorkerConfig
  readonly services: WorkerServices
  /** Reports, and changes nothing. */
  readonly dryRun: boolean
}

/** Maximum time to wait for Redis, in milliseconds. */
const CONNECT_TIMEOUT = 5_000

const OPTIONS = {
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/**
 * Runs a maintenance command with the settings and services of a worker, then exits.
 * @param about one sentence for `--help`
 * @param work returns the exit code
 */
export function runCommand(
  name: string,
  about: string,
  work: (command: Command) => Promise<number>,
): Promise<never> {
  return runTool(async () => {
    const usage = usageOf(name, about)
    const values = parseOptions(usage)
    if (values.help) {
      process.stdout.write(usage)
      return 0
    }
    const config = readConfig(process.env)
    const log = createLogger({ name, level: 'error', format: 'json' })
    const shutdown = new ShutdownSteps(log)
    // Nothing scrapes the metrics of a command.
    const metrics = new MetricsRegistry().create(workerMetrics)
    try {
      const services = connect(config, { log, shutdown, tracing: untraced, metrics })
      await waitForRedis(services.redis, CONNECT_TIMEOUT)
      return await work({ config, services, dryRun: values['dry-run'] })
    } finally {
      await shutdown.stop()
    }
  })
}

function usageOf(name: string, about: string): string {
  return `Usage: npm run ${name} [-- --dry-run]

${about}
  --dry-run   reports only, and changes nothing

The settings of the worker apply (docs/configuration.md).
`
}

function parseOptions(usage: string) {
  try {
    return parseArgs({ options: OPTIONS }).values
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\n${usage}`)
  }
}
