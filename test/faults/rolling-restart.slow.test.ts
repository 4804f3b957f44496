import type { App } from '@visage/stack/app'
import { afterEach, expect } from 'vitest'
import { type Address, Balancer, CHECK_EVERY } from '../support/faults/balancer.ts'
import { Load } from '../support/faults/outage-load.ts'
import { acceptedWithoutAnswer, waitForExit } from '../support/faults/outage-stop.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { Client } from '../support/http/http.ts'

const faultCase = faultSuite()

/** Delay far above the check interval of the balancer, so that a busy machine does not decide. */
const API = { STOP_DELAY: `${20 * CHECK_EVERY}ms` }
/** Low concurrency: three workers share the machine with the servers. */
const WORKER = { WORKER_CONCURRENCY: '1' }
/** Each client waits for its outcome, so that no backlog grows, and sends each upload once. */
const LOAD = {
  clients: 6,
  each: Number.POSITIVE_INFINITY,
  again: false,
  seconds: 150,
  headers: { Prefer: 'wait=10' },
}
/** Number of uploads between two restarts. */
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
      () => stopThenStart(first, () => startInPlace(trial, first)),
      () => stopThenStart(one, startWorker),
      () => startThenStop(two, startWorker),
      () => startThenStop(second, () => startBehind(trial)),
      () => stopThenStart(three, startWorker),
    ]
    for (const restart of restarts) {
      await load.more(BETWEEN)
      await restart()
      trial.startRecovery()
    }
    await load.more(BETWEEN)
    await load.finish()
    trial.times = restarts.length
    expect(load.refusals).toEqual([])
    expect(await acceptedWithoutAnswer(trial)).toEqual([])
  },
)

/** Stops the app before its successor starts. */
async function stopThenStart(app: App, start: () => Promise<App>): Promise<void> {
  await stopCleanly(app)
  await start()
}

/** Starts the successor before the app stops. */
async function startThenStop(app: App, start: () => Promise<App>): Promise<void> {
  await start()
  await stopCleanly(app)
}

async function stopCleanly(app: App): Promise<void> {
  app.kill('SIGTERM')
  expect(await waitForExit(app)).toEqual({ code: 0, signal: null })
}

/** Starts an API and adds it to the balancer. */
async function startBehind(trial: Trial): Promise<App> {
  const api = await trial.startApi(API)
  balancer.add(addressOf(api))
  return api
}

/** Starts an API on the ports of a stopped one. The balancer notices by its checks. */
function startInPlace(trial: Trial, stopped: App): Promise<App> {
  const { http, ops } = addressOf(stopped)
  return trial.startApi({ ...API, PORT: `${http}`, OPS_PORT: `${ops}` })
}

const addressOf = ({ ports: { http = 0, ops } }: App): Address => ({ http, ops })
