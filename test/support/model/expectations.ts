import { originalKey, quarantineKey, rawKey, variantKey } from '@visage/shared/avatar/keys'
import type { Revision } from '@visage/shared/avatar/revision'
import { asRevision, asUploadId, asUserId } from '../domain/brands.ts'
import { isOf } from '../domain/is-of.ts'
import { type Accepted, accepted } from './accepted.ts'
import { type Change, outcomesOf, winnersOf } from './model.ts'
import { kindOf, renditions } from './picture.ts'
import type { Request, Service } from './service.ts'

/** Returns the violations of the promises after all work is done. */
export function broken(service: Service): string[] {
  const changes = changesOf(service)
  const winners = winnersOf(changes)
  return [
    ...changes.flatMap((change) => wrongOutcome(change, winners.get(change.userId), service)),
    ...changes.flatMap((change) => wrongStarts(change, service)),
    ...wrongRows(winners, service),
    ...wrongObjects(winners, service),
    ...service.requests.flatMap((request) => wrongAnswer(request, changes)),
    ...[...service.rows.purges.keys()].map((revision) => `${revision} is still to be purged`),
  ]
}

/** A picture that was correctly rejected as `unprocessable` counts as an invalid one. */
function changesOf({ bucket, rows, mayBeGivenUp }: Service): Change[] {
  const isValid = ({ revision, bytes }: Accepted) => {
    const givenUp = mayBeGivenUp.has(revision) && rows.receipts.get(revision)?.state === 'rejected'
    return !bytes || (kindOf(bytes) === 'good' && !givenUp)
  }
  return accepted(bucket, rows).map((one) => ({ ...one, valid: isValid(one) }))
}

function wrongOutcome(change: Change, winner: Change | undefined, { rows }: Service): string[] {
  if (!change.bytes) return []
  const { state = 'lost', reason } = rows.receipts.get(change.revision) ?? {}
  const outcomes: string[] = outcomesOf(change, winner)
  if (outcomes.includes(state)) return []
  return [`${kindOf(change.bytes)} upload ${change.revision} is ${state}: ${reason}`]
}

/** Maximum starts of a picture that crashes its renderer. */
const MOST_CRASHES = 3

/** Each attempt that began before the end of another was recorded can add one start. */
function wrongStarts({ revision }: Change, { tasks, overlaps }: Service): string[] {
  const crashes = tasks.filter((task) => task.upload === revision && task.crashed)
  const most = MOST_CRASHES + (overlaps.get(revision) ?? 0)
  return crashes.length > most ? [`${revision} crashed ${crashes.length} times`] : []
}

function wrongRows(winners: ReadonlyMap<string, Change>, { rows }: Service): string[] {
  const users = new Set([...winners.keys(), ...rows.avatars.keys()])
  return [...users].flatMap((user) => {
    const shown = rows.avatars.get(user)?.revision
    const wanted = winners.get(user)?.revision
    return isOf(shown, wanted) ? [] : [`${user} shows ${shown} and not ${wanted}`]
  })
}

function wrongObjects(winners: ReadonlyMap<string, Change>, { bucket, rows }: Service): string[] {
  const wanted = new Map<string, string>()
  for (const { userId, bytes } of winners.values()) {
    const { revision = '' } = rows.avatars.get(userId) ?? {}
    if (bytes) wanted.set(originalKey(asUserId(userId), asRevision(revision)), `${bytes}`)
    for (const rendition of bytes ? renditions(bytes) : [])
      wanted.set(variantKey(asUserId(userId), asRevision(revision), rendition), `${rendition.data}`)
  }
  for (const [id, { reason }] of rows.receipts)
    if (reason === 'unprocessable' && !isRemoved(id, rows))
      wanted.set(
        quarantineKey(asUploadId(id)),
        `${bucket.history.get(rawKey(asUploadId(id)))?.bytes}`,
      )
  const keys = new Set([...wanted.keys(), ...bucket.objects.keys()])
  return [...keys].flatMap((key) => {
    const found = bucket.objects.get(key)?.bytes.toString()
    return found === wanted.get(key) ? [] : [`${key} holds ${found} and not ${wanted.get(key)}`]
  })
}

function isRemoved(id: Revision, { owners, removals }: Service['rows']): boolean {
  return removals.some(({ userId, revision }) => userId === owners.get(id) && revision > id)
}

/** Checks that a change answered with success is accepted and newer than every earlier one. */
function wrongAnswer({ context, before }: Request, changes: readonly Change[]): string[] {
  const id: string | undefined = context.state.uploadId
  if (!context.body || id === undefined) return []
  const wrong: string[] = []
  if (!changes.some(({ revision }) => revision === id)) wrong.push(`${id} was never accepted`)
  if (before !== undefined && id <= before) wrong.push(`${id} is not newer than ${before}`)
  return wrong
}
