import { parseArgs } from 'node:util'
import { runTool } from '@visage/shared/lifecycle/run-tool'
import { ShutdownSteps } from '@visage/shared/lifecycle/shutdown-steps'
import { createLogger } from '@visage/shared/log/logger'
import { MetricsRegistry } from '@visage/shared/metrics/metrics-registry'
import { waitForRedis } from '@visage/shared/queue/redis-connection'
import { untraced } from '@visage/shared/tracing/tracing'
import { readConfig, type WorkerConfig } from '../config.ts'
import { workerMetrics } from '../metrics.ts'
import { connect, type WorkerServices } from '../services.ts'

export interface Command {
  readonly config: WorkerConfig
  readonly connections: WorkerServices
  /** Report only. */
  readonly dryRun: boolean
}

/** Milliseconds. */
const CONNECT_TIMEOUT = 5_000

/**
 * The life of a command that does by hand what workers do by themselves: on the servers that they use, by the
 * settings that they read.
 * @param work returns the exit code
 */
export function runCommand(
  name: string,
  work: (command: Command) => Promise<number>,
): Promise<never> {
  return runTool(async () => {
    const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } })
    const config = readConfig(process.env)
    const log = createLogger({ name, level: 'error', format: 'json' })
    const shutdown = new ShutdownSteps(log)
    // Nothing scrapes the metrics of a command.
    const metrics = new MetricsRegistry().create(workerMetrics)
    try {
      const connections = connect(config, { log, shutdown, tracing: untraced, metrics })
      await waitForRedis(connections.redis, CONNECT_TIMEOUT)
      return await work({ config, connections, dryRun: values['dry-run'] })
    } finally {
      await shutdown.stop()
    }
  })
}
