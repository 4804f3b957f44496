import { defaultSourceFormats } from '@visage/shared/avatar/formats'
import type { Revision } from '@visage/shared/avatar/revision'
import type { Upload } from '@visage/shared/avatar/upload'
import type { UploadJobName } from '@visage/shared/queue/upload-job'
import type { Context } from 'koa'
import { deleteAvatar } from '../../../apps/api/src/avatars/delete-avatar.ts'
import type { Services } from '../../../apps/api/src/services.ts'
import { putAvatar } from '../../../apps/api/src/uploads/put-avatar.ts'
import { audit } from '../../../apps/worker/src/maintenance/audit.ts'
import { purge } from '../../../apps/worker/src/maintenance/purge.ts'
import { sweep } from '../../../apps/worker/src/maintenance/sweep.ts'
import type { JobDependencies } from '../../../apps/worker/src/queue/upload-consumer.ts'
import { rerender } from '../../../apps/worker/src/rerender/rerender.ts'
import {
  ATTEMPT_LIMITS,
  processUpload,
  repairUpload,
} from '../../../apps/worker/src/upload/process-upload.ts'
import { asRevision, asUserId } from '../domain/brands.ts'
import { silent } from '../domain/log.ts'
import { unscraped } from '../domain/metrics.ts'
import { accepted } from './accepted.ts'
import { Bucket } from './bucket.ts'
import { type Job, Jobs } from './jobs.ts'
import { RECIPE } from './picture.ts'
import { type Ports, portsOf, RENDER, stepsOf } from './ports.ts'
import { putRequest } from './request.ts'
import { Rows } from './rows.ts'
import { type Answer, type Call, Process, Task } from './task.ts'
import * as time from './time.ts'
import { Watch } from './watch.ts'

const SECOND = 1000
export const SWEEP_AFTER = 60 * SECOND
export const GRACE = 3600 * SECOND

const config = {
  accept: defaultSourceFormats,
  maxUploadBytes: 1024,
  minUploadRate: 1,
  uploadGrace: Number.POSITIVE_INFINITY,
  maxBytesInFlight: Number.POSITIVE_INFINITY,
  queueTimeout: SECOND / 2,
} as Parameters<typeof putAvatar>[0]

/** PUT, and the newest change of its user that was accepted before. */
export interface Request {
  readonly context: Context
  readonly before: Revision | undefined
}

type Work = (upload: Upload, steps: JobDependencies) => Promise<string>

const WORK: Readonly<Record<UploadJobName, Work>> = {
  render: (upload, steps) => processUpload(upload, steps, silent),
  repair: (upload, steps) => repairUpload(upload, steps, silent),
  rerender: (picture, steps) => rerender({ picture, recipe: RECIPE, starts: 1 }, steps, silent),
}

/** Real code of the API and of two workers, with in-memory servers. */
export class Service {
  readonly bucket = new Bucket()
  readonly rows = new Rows()
  readonly jobs = new Jobs()
  readonly tasks: Task[] = []
  readonly requests: Request[] = []
  readonly watch = new Watch()
  readonly #unsettled = new Set<Task>()
  /** Uploads that may be rejected as `unprocessable`: too many attempts were lost, or the job failed permanently. */
  readonly mayBeGivenUp = new Set<Revision>()
  /** Number of attempts at an upload that began before the end of another was recorded. */
  readonly overlaps = new Map<Revision, number>()
  #workers = [new Process(), new Process()]

  /** Unanswered calls of living tasks. */
  calls(): Call[] {
    return this.tasks.flatMap(({ process, calls }) => (process.alive ? calls : []))
  }

  async answer(call: Call, how: Answer = 'well'): Promise<void> {
    call.answer(how)
    if (how === 'error, done later') this.#leave(call)
    this.#noteBeginning(call)
    await this.#settled()
  }

  /** @param sent whether its unanswered calls are still performed */
  kill(process: Process, sent: boolean): void {
    process.kill()
    const victims = this.tasks.filter((task) => task.process === process)
    if (sent) for (const { calls } of victims) for (const call of calls) this.#leave(call)
  }

  put(userId: string, bytes: Buffer): Promise<Task> {
    const task = new Task('put')
    const services = { ...portsOf(this, task), metrics: unscraped.api }
    const handle = putAvatar(config, services as unknown as Services)
    const context = putRequest(userId, bytes)
    this.requests.push({ context, before: this.#newestAccepted(userId) })
    return this.#start(task, () => handle(context, async () => {}))
  }

  remove(userId: string): Promise<Task> {
    const task = new Task('remove')
    const handle = deleteAvatar(portsOf(this, task) as unknown as Services)
    return this.#start(task, () => handle(putRequest(userId, Buffer.alloc(0)), async () => {}))
  }

  attempt(job: Job, worker: number): Promise<Task> {
    const task = new Task(job.name, this.#worker(worker), job.upload.id)
    job.state = 'active'
    job.holder = task
    return this.#start(task, () => WORK[job.name](job.upload, stepsOf(this, task)))
  }

  sweep(): Promise<Task> {
    return this.#maintain('sweep', (ports) => sweep(SWEEP_AFTER, ports))
  }

  purge(): Promise<Task> {
    return this.#maintain('purge', (ports) => purge(GRACE, ports))
  }

  audit(): Promise<Task> {
    const options = { grace: GRACE, dryRun: false, recipe: RECIPE }
    return this.#maintain('audit', (ports) => audit(options, ports))
  }

  /** Queues a rerender, as the command does. */
  rerender(userId: string): Promise<Task> {
    return this.#maintain('rerender', async ({ avatars, originals, queue }) => {
      const shown = await avatars.find(asUserId(userId))
      const original = shown && (await originals.find(asUserId(userId), shown.revision))
      if (original) await queue.addRerender(original, RECIPE)
    })
  }

  /** Makes a job fail permanently, as a bug could. */
  giveUp(job: Job): void {
    job.state = 'failed'
    if (job.name === 'render') this.mayBeGivenUp.add(job.upload.id)
  }

  async wait(milliseconds: number): Promise<void> {
    time.advance(milliseconds)
    await this.#settled()
  }

  #maintain(name: string, run: (ports: Ports) => Promise<unknown>) {
    const task = new Task(name)
    return this.#start(task, () => run(portsOf(this, task)))
  }

  async #start(task: Task, work: () => Promise<unknown>): Promise<Task> {
    this.tasks.push(task)
    this.#unsettled.add(task.run(work))
    await this.#settled()
    return task
  }

  /** Waits until all pending callbacks have run, and reports finished attempts to the queue. */
  async #settled(): Promise<void> {
    time.advance(1)
    await time.turn()
    for (const task of this.#unsettled) {
      if (task.state === 'running') continue
      this.jobs.settle(task)
      this.#unsettled.delete(task)
    }
    this.watch.look(this)
  }

  /** Leaves a call without its task to the server, which can perform it later. */
  #leave({ name, effect, task }: Call): void {
    if (name === RENDER) return
    const late = new Task(`late ${name}`, new Process(), task.upload)
    late.ask(name, effect).catch(() => {})
    this.tasks.push(late)
  }

  /** Counts the attempts whose end an attempt cannot know when it begins. */
  #noteBeginning({ name, task: { upload } }: Call): void {
    if (name !== 'begin' || upload === undefined) return
    const lost = this.tasks.filter((task) => task.upload === upload && task.isLost)
    if (lost.length > ATTEMPT_LIMITS.starts) this.mayBeGivenUp.add(asRevision(upload))
    const atOnce = lost.filter(({ crashed, process }) => crashed || process.alive).length - 1
    this.overlaps.set(
      asRevision(upload),
      (this.overlaps.get(asRevision(upload)) ?? 0) + Math.max(0, atOnce),
    )
  }

  #newestAccepted(userId: string): Revision | undefined {
    const mine = accepted(this.bucket, this.rows).filter((one) => one.userId === userId)
    return mine
      .map(({ revision }) => revision)
      .sort()
      .at(-1)
  }

  /** Returns the process of the worker, a new one if the last died. */
  #worker(index: number): Process {
    const process = this.#workers[index]
    if (process?.alive) return process
    const next = new Process()
    this.#workers[index] = next
    return next
  }
}
