import { afterAll } from 'vitest'
import { forgetLogs } from './app-log.ts'
import { reachDatabasesDirectly } from './database-route.ts'

/**
 * Render processes of an in-process worker inherit the arguments of this process. Vitest's arguments set the condition
 * `source`, under which the packages resolve to TypeScript. A render process must run the built code.
 */
process.execArgv = []

/** Vitest ends this process with SIGTERM. Its exit handlers then end the servers and apps that it started. */
if (process.listenerCount('SIGTERM') === 0) process.once('SIGTERM', () => process.exit())

afterAll(forgetLogs)
afterAll(reachDatabasesDirectly)
