import type { App } from '@visage/stack/app'
import { afterEach, expect } from 'vitest'
import { type Address, Balancer, CHECK_EVERY } from '../support/faults/balancer.ts'
import { Load } from '../support/faults/outage-load.ts'
import { acceptedUnread, stopped } from '../support/faults/outage-stop.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { Client } from '../support/http/http.ts'

const faultCase = faultSuite()

/** Far more than the balancer takes to notice: a busy machine must not decide. */
const API = { STOP_DELAY: `${20 * CHECK_EVERY}ms` }
/** Three of them share the machine with everything else. */
const WORKER = { WORKER_CONCURRENCY: '1' }
/** Each client waits for its picture, so that no backlog grows, and none sends anything twice. */
const LOAD = {
  clients: 6,
  each: Number.POSITIVE_INFINITY,
  again: false,
  seconds: 150,
  headers: { Prefer: 'wait=10' },
}
/** Uploads from one restart to the next. */
const BETWEEN = 12

let balancer: Balancer
afterEach(() => balancer.close())

faultCase(
  {
    fault: 'rolling restart under load',
    holds: 'no request fails, and no upload is lost',
  },
  async (trial) => {
    balancer = await Balancer.open()
    trial.front = new Client(balancer)
    const startWorker = () => trial.startWorker(WORKER)
    const [first, second] = await Promise.all([startBehind(trial), startBehind(trial)])
    const [one, two, three] = await Promise.all([startWorker(), startWorker(), startWorker()])
    const load = new Load(trial, LOAD)
    const restarts = [
      () => endsFirst(first, () => startInPlace(trial, first)),
      () => endsFirst(one, startWorker),
      () => endsLast(two, startWorker),
      () => endsLast(second, () => startBehind(trial)),
      () => endsFirst(three, startWorker),
    ]
    for (const restart of restarts) {
      await load.more(BETWEEN)
      await restart()
      trial.broke()
    }
    await load.more(BETWEEN)
    await load.finish()
    trial.times = restarts.length
    expect(load.refusals).toEqual([])
    expect(await acceptedUnread(trial)).toEqual([])
  },
)

/** The successor starts once the predecessor is gone. */
async function endsFirst(app: App, start: () => Promise<App>): Promise<void> {
  await endCleanly(app)
  await start()
}

/** The successor is there before the predecessor goes. */
async function endsLast(app: App, start: () => Promise<App>): Promise<void> {
  await start()
  await endCleanly(app)
}

async function endCleanly(app: App): Promise<void> {
  app.kill('SIGTERM')
  expect(await stopped(app)).toEqual({ code: 0, signal: null })
}

/** An API at an address that the balancer learns. */
async function startBehind(trial: Trial): Promise<App> {
  const api = await trial.startApi(API)
  balancer.add(addressOf(api))
  return api
}

/** An API at the address of another one that is gone: the balancer finds out by itself. */
function startInPlace(trial: Trial, gone: App): Promise<App> {
  const { http, ops } = addressOf(gone)
  return trial.startApi({ ...API, PORT: `${http}`, OPS_PORT: `${ops}` })
}

const addressOf = ({ ports: { http = 0, ops } }: App): Address => ({ http, ops })
