import { availableParallelism } from 'node:os'
import {
  acceptSettings,
  processSettings,
  serverProblems,
  serverSettings,
  webhookAddress,
} from '@visage/shared/config/common'
import { ungroup } from '@visage/shared/config/groups'
import { type Config, readSettings } from '@visage/shared/config/read'
import { formats, optional, withDefault } from '@visage/shared/config/setting'
import { limitSettings, recipeSettings } from './image/settings.ts'
import { webhookProblems, webhookSettings } from './webhook/settings.ts'

const opsSettings = {
  opsPort: withDefault(
    'WORKER_OPS_PORT',
    formats.port,
    '3002',
    'health of the worker; 0 is any free port',
  ),
  opsHost: withDefault('OPS_HOST', formats.text, '127.0.0.1', 'the address of the ops port'),
} as const

const workSettings = {
  renderers: withDefault(
    'RENDERERS',
    formats.count,
    String(availableParallelism()),
    'pictures rendered at once, each in a process of its own; by default one a core',
  ),
  concurrency: optional(
    'WORKER_CONCURRENCY',
    formats.count,
    'uploads in hand at once: more than are rendered, so that no core waits for the object store; by default two for each of RENDERERS',
  ),
  jobLock: withDefault(
    'JOB_LOCK',
    formats.seconds,
    '10s',
    'How long a worker may stay silent before another worker takes over its jobs. The check for silent workers runs four times as often.',
  ),
  keepOriginals: withDefault(
    'KEEP_ORIGINALS',
    formats.switch,
    'false',
    'whether the bytes of pictures that are shown are kept, in private, so that `npm run rerender` can render them anew',
  ),
} as const

const maintenanceSettings = {
  auditEvery: withDefault(
    'AUDIT_EVERY',
    formats.interval,
    '1d',
    'how often the bucket is held against the rows',
  ),
  purgeAfter: withDefault(
    'PURGE_AFTER',
    formats.duration,
    '1h',
    'how long the variants of a replaced picture stay',
  ),
  sweepEvery: withDefault(
    'SWEEP_EVERY',
    formats.interval,
    '60s',
    'how often uploads and announcements whose job was lost are looked for',
  ),
  sweepAfter: withDefault(
    'SWEEP_AFTER',
    formats.duration,
    '60s',
    'how old an upload is before its job is missed',
  ),
  purgeEvery: withDefault(
    'PURGE_EVERY',
    formats.interval,
    '60s',
    'how often replaced pictures are looked for',
  ),
} as const

/** By what they are about, as `--help` tells them. */
export const workerGroups = {
  'The servers behind it': serverSettings,
  'Health and metrics': opsSettings,
  'What may come in': { ...acceptSettings, ...workSettings, ...limitSettings },
  'What is rendered': recipeSettings,
  'Who is told of changes': { ...webhookAddress, ...webhookSettings },
  'What is looked after': maintenanceSettings,
  'The process': processSettings,
} as const

export const workerSettings = ungroup(workerGroups)

export type WorkerConfig = Config<typeof workerSettings>

/** @throws ConfigError with every problem there is */
export function readConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  return readSettings(workerSettings, env, (config, given) => [
    ...serverProblems(config),
    ...webhookProblems(config, given),
  ])
}
