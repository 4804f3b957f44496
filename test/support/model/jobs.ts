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
  /** The attempt that has the job's lock. */
  holder?: Task
}

/** Redis, as far as it is BullMQ's: jobs in the order of their coming. Each method is one script. */
export class Jobs {
  readonly #jobs = new Map<string, Job>()
  isAway = false

  time(): number {
    if (this.isAway) throw new Error('Redis is unavailable')
    return Date.now()
  }

  /** A job id that exists is left as it is. */
  add(name: UploadJobName, id: string, upload: Upload): void {
    if (this.#there.has(id)) return
    this.#there.set(id, { id, name, upload, state: 'waiting' })
  }

  /** A job that is worked on is locked, and stays. */
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

  /** In the order in which they are taken: what is rendered anew comes last. */
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

  /** Its worker lost the lock: it is done again, whatever that worker is about. */
  stall(job: Job): void {
    job.state = 'waiting'
    delete job.holder
  }

  /** What a worker says of the attempt that has just ended; nobody hears it where the lock is lost. */
  settle(task: Task): void {
    const job = this.all().find(({ holder }) => holder === task)
    if (!job || this.isAway || task.state === 'running') return
    if (task.state === 'done') job.state = 'completed'
    else this.stall(job)
  }

  get #there(): Map<string, Job> {
    if (this.isAway) throw new Error('Redis is unavailable')
    return this.#jobs
  }
}

const isLow = ({ name }: Job) => name === 'rerender'

/** The queue as the real adapter shows it, one command for each `ask`. */
const uploadOf = (job: string | undefined) => (isUploadId(job) ? job : undefined)

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

/** The clock of Redis, for the script of the real `RevisionClock`: later than any it gave the key before. */
export function clockPort(jobs: Jobs, ask: Ask): Redis {
  return { eval: () => ask('clock', () => jobs.time()) } as unknown as Redis
}
