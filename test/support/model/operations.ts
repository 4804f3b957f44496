import fc from 'fast-check'
import type { Job } from './jobs.ts'
import { type Kind, newPicture } from './picture.ts'
import type { Service } from './service.ts'
import type { Answer, Task } from './task.ts'

const USERS = ['alice', 'bob', 'carol']
const MINUTE = 60_000
const WAITS = [5_000, 2 * MINUTE, 70 * MINUTE]

/** Arbitrary number that selects one of the existing items, modulo their number. */
const pick = fc.nat({ max: 50 })
/** Number of steps that a task can do: sometimes all, sometimes none. */
const steps = fc.oneof(fc.constant(30), fc.nat({ max: 8 }))
const user = fc.constantFrom(...USERS)
const worker = fc.nat({ max: 1 })
const kind = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Kind>('good') },
  { weight: 1, arbitrary: fc.constant<Kind>('bad') },
  { weight: 2, arbitrary: fc.constant<Kind>('poison') },
)
const how = fc.constantFrom<Answer>('error before', 'error after', 'error, done later')

const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant('put'), user, kind, steps }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('reset'), user, steps }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('remove'), user, steps }) },
  { weight: 8, arbitrary: fc.record({ op: fc.constant('deliver'), worker, steps }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('deliver again'), pick, worker, steps }) },
  { weight: 6, arbitrary: fc.record({ op: fc.constant('go on'), pick, steps }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('trouble'), pick, how, steps }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('kill'), pick, sent: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('stall'), pick }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('flush') }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('redis'), unavailable: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('give up'), pick }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('sweep'), steps }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('purge'), steps }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('audit'), steps }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('rerender'), user, steps }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('wait'), time: fc.constantFrom(...WAITS) }) },
)

export const operations = fc.array(operation, { minLength: 1, maxLength: 60, size: 'max' })

export type Operation = typeof operation extends fc.Arbitrary<infer O> ? O : never
type Of<Name extends Operation['op']> = Extract<Operation, { op: Name }>
type Effects = {
  readonly [Name in Operation['op']]: (operation: Of<Name>, service: Service) => unknown
}

const effects: Effects = {
  put: async ({ user, kind, steps }, service) =>
    go(service, await service.put(user, newPicture(kind)), steps),
  reset: async ({ user, steps }, service) =>
    go(service, await service.put(user, Buffer.alloc(0)), steps),
  remove: async ({ user, steps }, service) => go(service, await service.remove(user), steps),
  deliver: ({ worker, steps }, service) =>
    deliver(service, service.jobs.inState('waiting')[0], worker, steps),
  'deliver again': ({ pick, worker, steps }, service) =>
    deliver(service, one(service.jobs.all(), pick), worker, steps),
  'go on': ({ pick, steps }, service) => go(service, one(service.calls(), pick)?.task, steps),
  trouble: async ({ pick, how, steps }, service) => {
    const call = one(service.calls(), pick)
    if (call) await service.answer(call, how)
    await go(service, call?.task, steps)
  },
  kill: ({ pick, sent }, service) => {
    const call = one(service.calls(), pick)
    if (call) service.kill(call.task.process, sent)
  },
  stall: ({ pick }, { jobs }) => {
    const job = one(jobs.inState('active'), pick)
    if (job) jobs.stall(job)
  },
  flush: (_, { jobs }) => jobs.flush(),
  redis: ({ unavailable }, { jobs }) => {
    jobs.isUnavailable = unavailable
  },
  'give up': ({ pick }, service) => {
    const job = one(service.jobs.inState('waiting'), pick)
    if (job) service.giveUp(job)
  },
  sweep: async ({ steps }, service) => go(service, await service.sweep(), steps),
  purge: async ({ steps }, service) => go(service, await service.purge(), steps),
  audit: async ({ steps }, service) => go(service, await service.audit(), steps),
  rerender: async ({ user, steps }, service) => go(service, await service.rerender(user), steps),
  wait: ({ time }, service) => service.wait(time),
}

export async function apply(operation: Operation, service: Service): Promise<void> {
  const effect = effects[operation.op] as (operation: Operation, service: Service) => unknown
  await effect(operation, service)
}

function one<T>(all: readonly T[], pick: number): T | undefined {
  return all[pick % all.length]
}

async function deliver(service: Service, job: Job | undefined, worker: number, steps: number) {
  if (!job || service.jobs.isUnavailable) return
  await go(service, await service.attempt(job, worker), steps)
}

/** Lets a task do a number of steps. Concurrent calls are answered in any order. */
async function go(service: Service, task: Task | undefined, steps: number): Promise<void> {
  for (let left = steps; task?.process.alive && left > 0; left--) {
    const call = one(task.calls, left)
    if (!call) return
    await service.answer(call)
  }
}
