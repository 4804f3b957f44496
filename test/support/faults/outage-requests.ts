import type { Revision } from '@visage/shared/avatar/revision'
import { AVATAR, avatarPath, tokenOf } from '../http/http.ts'
import { tiny } from '../pictures/tiny.ts'
import { tryPut, tryReset } from './outage-put.ts'
import type { Trial } from './trial.ts'

/** Users who send the requests. `reader` and `resetter` have a picture, `uploader` has none. */
export const users = { reader: 'ada', resetter: 'ben', uploader: 'cleo' } as const

/** Sends one request. @returns the code of an envelope, or the status of a picture */
type Send = (trial: Trial, shown: Revision) => Promise<number>

export const requests = {
  'PUT with a body': async (trial) =>
    (await tryPut(trial, users.uploader, await tiny(3))).json.code,
  'PUT without a body': async (trial) => (await tryReset(trial, users.resetter)).json.code,
  'GET settings': async ({ client }) =>
    (await client.get(AVATAR, { token: tokenOf(users.reader) })).json.code,
  'GET picture': ({ client }) => statusOf(client.get(avatarPath(users.reader))),
  'GET picture, known tag': ({ client }, shown) => {
    const headers = { 'If-None-Match': `"${shown}/64.jpg"` }
    return statusOf(client.get(avatarPath(users.reader), { headers }))
  },
  'GET variant': ({ client }, shown) =>
    statusOf(client.get(`${avatarPath(users.reader)}/${shown}/64.jpg`)),
} as const satisfies Readonly<Record<string, Send>>

export type RequestName = keyof typeof requests

const statusOf = async (reply: Promise<{ status: number }>) => (await reply).status
