import type { Revision } from '@visage/shared/avatar/revision'
import { AVATAR, avatarPath, tokenOf } from '../http/http.ts'
import { tiny } from '../pictures/tiny.ts'
import { offer, offerReset } from './outage-offer.ts'
import type { Trial } from './trial.ts'

/** Those who ask: `reader` and `resetter` have a picture already, `uploader` has none. */
export const asking = { reader: 'ada', resetter: 'ben', uploader: 'cleo' } as const

/** @returns the code of an envelope, or the status of a picture */
type Ask = (trial: Trial, shown: Revision) => Promise<number>

export const asks = {
  'PUT with a body': async (trial) =>
    (await offer(trial, asking.uploader, await tiny(3))).json.code,
  'PUT without a body': async (trial) => (await offerReset(trial, asking.resetter)).json.code,
  'GET settings': async ({ client }) =>
    (await client.get(AVATAR, { token: tokenOf(asking.reader) })).json.code,
  'GET picture': ({ client }) => statusOf(client.get(avatarPath(asking.reader))),
  'GET picture, known tag': ({ client }, shown) => {
    const headers = { 'If-None-Match': `"${shown}/64.jpg"` }
    return statusOf(client.get(avatarPath(asking.reader), { headers }))
  },
  'GET variant': ({ client }, shown) =>
    statusOf(client.get(`${avatarPath(asking.reader)}/${shown}/64.jpg`)),
} as const satisfies Readonly<Record<string, Ask>>

export type AskName = keyof typeof asks

const statusOf = async (reply: Promise<{ status: number }>) => (await reply).status
