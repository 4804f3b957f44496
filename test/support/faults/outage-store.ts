import { onTestFinished } from 'vitest'
import type { Environment } from '../world/world.ts'
import { StoreFront } from './outage-store-front.ts'
import type { Trap, TrapSettings } from './trap.ts'
import type { Trial } from './trial.ts'

/** Object store that can be made to fail. `env` makes an app use it. */
export interface FailingStore {
  readonly env: Environment
  fail(): unknown
  heal(): unknown
}

export interface StoreFault {
  /** Whether the store never performs the requests sent during the outage. */
  readonly dropsRequests: boolean
  open(trial: Trial): Promise<FailingStore>
}

export type StoreFaultName = 'is killed' | 'answers 503' | 'hangs' | 'cuts off every body'

export const storeFaults: Readonly<Record<StoreFaultName, StoreFault>> = {
  'is killed': { dropsRequests: true, open: killed },
  'answers 503': { dropsRequests: true, open: busy },
  hangs: { dropsRequests: false, open: hanging },
  'cuts off every body': { dropsRequests: true, open: cutting },
}

async function killed({ servers: { s3 } }: Trial): Promise<FailingStore> {
  return { env: {}, fail: () => s3.kill(), heal: () => s3.start() }
}

async function busy(trial: Trial): Promise<FailingStore> {
  const front = await StoreFront.open(trial.servers.s3.port)
  onTestFinished(() => front.close())
  return {
    env: { S3_ENDPOINT: front.endpoint },
    fail: () => front.refuse({ status: 503 }),
    heal: () => front.pass(),
  }
}

async function hanging(trial: Trial): Promise<FailingStore> {
  const { proxy, env } = await trial.link('s3')
  return { env, fail: () => proxy.drop(), heal: () => proxy.pass() }
}

/** Traps in the middle of a request body and of an answer body. Neither has a head of 4000 bytes. */
const midway: readonly Pick<TrapSettings, 'on' | 'from' | 'keep'>[] = [
  { on: 'PUT /', keep: 4000 },
  { on: 'HTTP/1.1 200', from: 'server', keep: 4000 },
]

async function cutting(trial: Trial): Promise<FailingStore> {
  const { proxy, env } = await trial.link('s3')
  let traps: Trap[] = []
  return {
    env,
    fail() {
      traps = midway.map((place) => proxy.trap({ ...place, effect: 'reset', times: 1000 }))
    },
    heal() {
      for (const trap of traps) trap.release()
    },
  }
}
