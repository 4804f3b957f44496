import { availableParallelism } from 'node:os'
import {
  acceptSettings,
  logSettings,
  opsHostSettings,
  serverGroups,
  serverProblems,
  stopSettings,
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
    'Port of the worker for health checks and metrics. `0` means any free port. Users must not be able to reach it.',
  ),
  ...opsHostSettings,
} as const

const capacitySettings = {
  renderers: withDefault(
    'RENDERERS',
    formats.count,
    String(availableParallelism()),
    'Pictures that a worker renders at the same time, each in its own process. Default: the number of cores. Decrease it if memory is short, because each process may use `RENDER_MEMORY`.',
  ),
  concurrency: optional(
    'WORKER_CONCURRENCY',
    formats.count,
    'Uploads that a worker processes at the same time. Default: twice `RENDERERS`, so that no core waits for the object store. Increase it if the object store is slow.',
  ),
  jobLock: withDefault(
    'JOB_LOCK',
    formats.seconds,
    '10s',
    'Lifetime of the lock of a job, which its worker renews. Four times within this time, the other workers look for expired locks, and take over the jobs whose locks have expired. Increase it if jobs stall on overloaded machines.',
  ),
} as const

const originalSettings = {
  keepOriginals: withDefault(
    'KEEP_ORIGINALS',
    formats.switch,
    'false',
    'Keeps a private copy of the uploaded bytes of each current avatar. `npm run rerender` needs the copies to render avatars again with other sizes or formats.',
  ),
} as const

const maintenanceSettings = {
  auditEvery: withDefault(
    'AUDIT_EVERY',
    formats.interval,
    '1d',
    'Interval of the audit, which compares the bucket with the database. All workers together run one audit per interval.',
  ),
  purgeAfter: withDefault(
    'PURGE_AFTER',
    formats.duration,
    '1h',
    'Time from the replacement of an avatar until its variants are deleted. Pages that still show the old address need this time. The audit also does not delete objects that are younger than this.',
  ),
  sweepEvery: withDefault(
    'SWEEP_EVERY',
    formats.interval,
    '60s',
    'Interval of the sweep, which enqueues uploads and announcements again if their job was lost. A shorter interval recovers sooner, and lists the bucket more often.',
  ),
  sweepAfter: withDefault(
    'SWEEP_AFTER',
    formats.duration,
    '60s',
    'Minimum age of an upload before the sweep checks its job. Increase it only if jobs need longer to appear in the queue.',
  ),
  purgeEvery: withDefault(
    'PURGE_EVERY',
    formats.interval,
    '60s',
    'Interval of the purge, which deletes the variants of replaced avatars after `PURGE_AFTER`.',
  ),
} as const

/** The settings by task, in the order of `--help`. */
export const workerGroups = {
  ...serverGroups,
  'Accept uploads': acceptSettings,
  'Render pictures': { ...recipeSettings, ...originalSettings },
  'Limit the cost of a picture': limitSettings,
  'Use the capacity of the machine': capacitySettings,
  'Send webhooks': { ...webhookAddress, ...webhookSettings },
  'Recover and clean up': maintenanceSettings,
  'Monitor and operate': opsSettings,
  'Log and trace': logSettings,
  'Stop gracefully': stopSettings,
} as const

export const workerSettings = ungroup(workerGroups)

export type WorkerConfig = Config<typeof workerSettings>

/** @throws ConfigError with every problem */
export function readConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  return readSettings(workerSettings, env, (config, given) => [
    ...serverProblems(config),
    ...webhookProblems(config, given),
  ])
}
