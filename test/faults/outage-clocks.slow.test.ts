import { expect } from 'vitest'
import { asRevision } from '../support/domain/brands.ts'
import { waitForOutcomesWithoutCrash } from '../support/faults/outage-state.ts'
import { faultSuite } from '../support/faults/suite.ts'
import type { Trial } from '../support/faults/trial.ts'
import { AVATAR, Client, tokenOf } from '../support/http/http.ts'
import { tiny } from '../support/pictures/tiny.ts'
import { pictureRow } from '../support/world/state.ts'

const faultCase = faultSuite()

const MINUTES = 60_000
const CHANGES = 12

faultCase(
  { fault: 'clocks of two API hosts differ', holds: 'the change that was accepted last wins' },
  async (trial) => {
    const [late, early] = [await host(trial, 5 * MINUTES), await host(trial, -5 * MINUTES)]
    await expectApart(late, early)
    await trial.startWorker()
    trial.times = CHANGES
    const taken: string[] = []
    for (let i = 0; i < CHANGES; i++) taken.push(await upload(trial, 'ada', [late, early][i % 2]))
    await upload(trial, 'ben', late)
    await reset(trial, 'ben', early)
    trial.startRecovery()

    expect(taken.toSorted()).toEqual(taken)
    await waitForOutcomesWithoutCrash(trial)
    expect(await pictureRow(trial.world, 'ada')).toMatchObject({ revision: taken.at(-1) })
    expect(await pictureRow(trial.world, 'ben')).toMatchObject({ source: 'gravatar' })
  },
)

/** Starts an API whose clock is `ahead` milliseconds fast. */
async function host(trial: Trial, ahead: number): Promise<Client> {
  const shift = `data:text/javascript,const{now}=Date;Date.now=()=>now()+(${ahead})`
  return new Client(await trial.startApi({ NODE_OPTIONS: `--import=${shift}` }))
}

const seconds = (fromNow: number) => Math.floor((Date.now() + fromNow) / 1000)

/** Token that is valid on both hosts: issued in the past of one, and expiring in the future of the other. */
const lasting = (user: string, claims = {}) =>
  tokenOf(user, { iat: seconds(-10 * MINUTES), exp: seconds(10 * MINUTES), ...claims })

/** Checks that the clocks differ: a new token is not valid yet on one host, and a short one has expired on the other. */
async function expectApart(late: Client, early: Client): Promise<void> {
  const token = tokenOf('ada', { exp: seconds(MINUTES) })
  expect((await early.get(AVATAR, { token })).json).toMatchObject({ code: 401 })
  expect((await late.get(AVATAR, { token })).json).toMatchObject({ code: 401 })
  expect((await early.get(AVATAR, { token: lasting('ada') })).json).toMatchObject({ code: 0 })
  expect((await late.get(AVATAR, { token: lasting('ada') })).json).toMatchObject({ code: 0 })
}

async function upload({ ledger }: Trial, user: string, to?: Client): Promise<string> {
  const reply = await to?.put(lasting(user), await tiny())
  expect(reply?.json).toMatchObject({ code: 0 })
  const id = reply?.headers.get('x-upload-id') ?? ''
  ledger.uploads.push({ user, id: asRevision(id), expected: 'ready' })
  return id
}

async function reset({ ledger }: Trial, user: string, to: Client): Promise<void> {
  const sent = Date.now()
  const { json } = await to.put(lasting(user, { email: `${user}@visage.test` }))
  expect(json).toMatchObject({ code: 0 })
  ledger.resets.push({ user, sent })
}
