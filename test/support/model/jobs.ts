import { isUploadId, type Upload } from '@visage/shared/avatar/upload'
import type { Redis } from '@visage/shared/queue/redis-connection'
import type { UploadJobName } from '@visage/shared/queue/upload-job'
import type { JobState, UploadQueue } from '@visage/shared/queue/upload-queue'
import type { Ask, Task } from './task.ts'

export interface Job {
  readonly id: string
  readonly name: UploadJobName
  readonly upload: Upload
  state: 'waiting' | 'active' | 'completed' | 'failed'
  /** Attempt that holds the lock of the job. */
  holder?: Task
}

/** In-memory queue of BullMQ: jobs in order of arrival. Each method is one script. */
export class Jobs {
  readonly #jobs = new Map<string, Job>()
  isUnavailable = false

  time(): number {
    if (this.isUnavailable) throw new Error('Redis is unavailable')
    return Date.now()
  }

  /** Adds a job unless its ID exists. */
  add(name: UploadJobName, id: string, upload: Upload): void {
    if (this.#there.has(id)) return
    this.#there.set(id, { id, name, upload, state: 'waiting' })
  }

  /** Removes a job unless it is locked by a worker. */
  remove(id: string): void {
    if (this.#there.get(id)?.state !== 'active') this.#there.delete(id)
  }

  standing(id: string): JobState {
    const { state = 'missing' } = this.#there.get(id) ?? {}
    return state === 'waiting' || state === 'active' ? 'unfinished' : state
  }

  all(): Job[] {
    return [...this.#jobs.values()]
  }

  /** Returns the jobs in the order of processing: rerenders come last. */
  inState(state: Job['state']): Job[] {
    const jobs = this.all().filter((job) => job.state === state)
    return [...jobs.filter((job) => !isLow(job)), ...jobs.filter(isLow)]
  }

  next(): string | undefined {
    const waiting = [...this.#there.values()].filter(({ state }) => state === 'waiting')
    return waiting.find((job) => !isLow(job))?.id
  }

  flush(): void {
    this.#jobs.clear()
  }

  /** Makes the worker lose the lock, so that the job runs again. */
  stall(job: Job): void {
    job.state = 'waiting'
    delete job.holder
  }

  /** Records the end of an attempt, unless its lock is lost. */
  settle(task: Task): void {
    const job = this.all().find(({ holder }) => holder === task)
    if (!job || this.isUnavailable || task.state === 'running') return
    if (task.state === 'done') job.state = 'completed'
    else this.stall(job)
  }

  get #there(): Map<string, Job> {
    if (this.isUnavailable) throw new Error('Redis is unavailable')
    return this.#jobs
  }
}

const isLow = ({ name }: Job) => name === 'rerender'

const uploadOf = (job: string | undefined) => (isUploadId(job) ? job : undefined)

/** Port of the queue with the interface of the real adapter. Each `ask` is one command. */
export function queuePort(jobs: Jobs, ask: Ask): UploadQueue {
  const add = (upload: Upload) => ask('add', () => jobs.add('render', upload.id, upload))
  const port: Partial<UploadQueue> = {
    add,
    jobStates: (ids) => ask('jobs', () => ids.map((id) => jobs.standing(id))),
    nextWaiting: () => ask('next', () => uploadOf(jobs.next())),
    async requeue(upload) {
      await ask('remove job', () => jobs.remove(upload.id))
      await add(upload)
    },
    addRepair: (upload) =>
      ask('add repair', () => jobs.add('repair', `repair-${upload.id}`, upload)),
    async addRerender(picture, recipe) {
      const id = `rerender-${picture.id}-${recipe}`
      const standing = await ask('rerender job', () => jobs.standing(id))
      if (standing !== 'unfinished') await ask('remove job', () => jobs.remove(id))
      await ask('add rerender', () => jobs.add('rerender', id, picture))
      return id
    },
  }
  return port as UploadQueue
}

/** Clock of Redis for the script of the real `RevisionClock`: returns a time later than any before for the key. */
export function clockPort(jobs: Jobs, ask: Ask): Redis {
  return { eval: () => ask('clock', () => jobs.time()) } as unknown as Redis
}
