import { RevisionClock } from '@visage/shared/queue/revision-clock'
import { Originals } from '@visage/shared/storage/originals'
import { RawObjects } from '@visage/shared/storage/raw-objects'
import type { JobDependencies } from '../../../apps/worker/src/queue/upload-consumer.ts'
import { silent } from '../domain/log.ts'
import { unscraped } from '../domain/metrics.ts'
import { type Bucket, storePort } from './bucket.ts'
import { databasePorts } from './database.ts'
import { clockPort, type Jobs, queuePort } from './jobs.ts'
import { RECIPE, render } from './picture.ts'
import type { Rows } from './rows.ts'
import type { Task } from './task.ts'

export interface Servers {
  readonly bucket: Bucket
  readonly rows: Rows
  readonly jobs: Jobs
}

/** Name of the only step that calls no server. */
export const RENDER = 'render'

export type Ports = ReturnType<typeof portsOf>

/** Returns the ports of this task. */
export function portsOf({ bucket, rows, jobs }: Servers, { ask }: Task) {
  const store = storePort(bucket, ask)
  return {
    ...databasePorts(rows, ask),
    store,
    raw: new RawObjects(store),
    originals: new Originals(store),
    queue: queuePort(jobs, ask),
    clock: new RevisionClock(clockPort(jobs, ask), '', silent),
    log: silent,
    metrics: unscraped.worker,
  }
}

/** Returns the job dependencies of this task. They keep originals. */
export function stepsOf(servers: Servers, task: Task): JobDependencies {
  const ports = portsOf(servers, task)
  return {
    ...ports,
    announcementQueue: undefined,
    keepOriginal: (upload) => ports.originals.keep(upload),
    render: (...args) => task.ask(RENDER, () => render(task, ...args)),
    recipe: RECIPE,
  }
}
