import { originalKey, quarantineKey, userFolder, variantKey } from '@visage/shared/avatar/keys'
import { recipe, renderSizes, type Variant } from '@visage/shared/avatar/recipe'
import { type Revision, revisionTime } from '@visage/shared/avatar/revision'
import { wasRemovedSql } from '@visage/shared/db/removals'
import sharp from 'sharp'
import { asUploadId, asUserId } from '../domain/brands.ts'
import { isOf } from '../domain/is-of.ts'
import { keysIn } from '../world/state.ts'
import type { World } from '../world/world.ts'
import { groupBy } from './group.ts'
import { type Outcome, outcomes, type RowChange, rowChanges } from './history.ts'
import type { AcceptedUpload, Ledger } from './ledger.ts'

/** What is not as promised, each in a sentence. */
export interface Findings {
  /**
   * Accepted, and without exactly one outcome, or with one that its bytes do not deserve; given up, and
   * not there for a person to look at.
   */
  readonly lost: string[]
  /** A user's row that is not the newest change, went backwards, or names what is not there. */
  readonly wrong: string[]
  /** Objects that should be gone. */
  readonly leftovers: string[]
}

interface AvatarRow {
  readonly user_id: string
  readonly source: 'upload' | 'gravatar' | 'none'
  readonly revision: Revision
  readonly source_width: number
  readonly source_height: number
  readonly variants: readonly Variant[]
}

interface Facts {
  readonly ledger: Ledger
  readonly rows: ReadonlyMap<string, AvatarRow>
  readonly changes: readonly RowChange[]
  readonly outcomes: ReadonlyMap<Revision, Outcome[]>
  readonly owners: ReadonlyMap<Revision, string>
}

/** Holds everything that is in Postgres and the bucket against what clients were told. */
export async function check(world: World, ledger: Ledger): Promise<Findings> {
  const facts = await gather(world, ledger)
  return {
    lost: [
      ...ledger.uploads.flatMap((upload) => loss(upload, facts)),
      ...(await missingQuarantine(world)),
    ],
    wrong: [
      ...ledger.users.flatMap((user) => wrongWinner(user, facts)),
      ...facts.changes.flatMap(backwards),
      ...(await Promise.all([...facts.rows.values()].map((row) => incomplete(row, world)))).flat(),
    ],
    leftovers: await leftovers(world),
  }
}

/** Whether each accepted upload has its outcome. */
export async function allEnded({ db }: World, { uploads }: Ledger): Promise<boolean> {
  const ended = new Set((await outcomes(db)).map((outcome) => outcome.upload_id))
  return uploads.every(({ id }) => ended.has(id))
}

/** The objects that neither a row nor a verdict speaks for. A row speaks for its original, if that is kept. */
export async function leftovers(world: World): Promise<string[]> {
  const rows: AvatarRow[] = await world.db('avatars').where('source', 'upload')
  const originals = rows.map(({ user_id: user, revision }) => originalKey(asUserId(user), revision))
  const named = new Set([...rows.flatMap(keysOf), ...originals, ...(await quarantineKeys(world))])
  return (await keysIn(world)).filter((key) => !named.has(key))
}

async function missingQuarantine(world: World): Promise<string[]> {
  const there = new Set(await keysIn(world, 'quarantine/'))
  const missing = (await quarantineKeys(world)).filter((key) => !there.has(key))
  return missing.map((key) => `${key} of an upload that was given up is not there`)
}

async function quarantineKeys({ db }: World): Promise<string[]> {
  const givenUp: { upload_id: Revision }[] = await db('uploads')
    .where('reason', 'unprocessable')
    .whereRaw(`not ${wasRemovedSql('uploads.user_id', 'uploads.upload_id')}`)
  return givenUp.map(({ upload_id: id }) => quarantineKey(asUploadId(id)))
}

async function gather({ db }: World, ledger: Ledger): Promise<Facts> {
  const [rows, changes, ended, uploads] = await Promise.all([
    db('avatars') as Promise<AvatarRow[]>,
    rowChanges(db),
    outcomes(db),
    db('uploads') as Promise<{ upload_id: Revision; user_id: string }[]>,
  ])
  return {
    ledger,
    rows: new Map(rows.map((row) => [row.user_id, row])),
    changes,
    outcomes: groupBy(ended, (outcome) => outcome.upload_id),
    owners: new Map(uploads.map((upload) => [upload.upload_id, upload.user_id])),
  }
}

function loss({ id, expected }: AcceptedUpload, { outcomes }: Facts): string[] {
  const states = (outcomes.get(id) ?? []).map(({ state }) => state)
  const fine = states.length === 1 && (states[0] === expected || states[0] === 'superseded')
  return fine ? [] : [`${id} was to end ${expected} and ended ${states.join(' and ') || 'never'}`]
}

/**
 * The newest of what was accepted and has a picture in it. Where a client never read its answer the
 * change may have been made all the same: then it counts like the others.
 */
function wrongWinner(user: string, facts: Facts): string[] {
  const row = facts.rows.get(user)
  const newest = candidates(user, facts).sort().at(-1)
  if (!isOf(row?.revision, newest))
    return [`${user} shows ${row?.revision}, the newest is ${newest}`]
  const resets = facts.ledger.resets.filter((reset) => reset.user === user)
  const older = resets.filter(({ sent }) => row && revisionTime(row.revision).getTime() < sent)
  return older.map(({ sent }) => `${user} shows ${newest}, older than the reset of ${sent}`)
}

function candidates(user: string, { ledger, changes, outcomes, owners }: Facts): Revision[] {
  const mine = ledger.uploads.filter((upload) => upload.user === user)
  const accepted = mine.filter((upload) => upload.expected === 'ready').map(({ id }) => id)
  const unread = [...outcomes.keys()].filter(
    (id) => owners.get(id) === user && outcomes.get(id)?.[0]?.state === 'ready',
  )
  const resets = changes.filter((change) => change.user_id === user && change.source !== 'upload')
  return [...accepted, ...unread, ...resets.flatMap(({ after }) => after ?? [])]
}

function backwards({ user_id: user, before, after }: RowChange): string[] {
  const forward = after !== null && (before === null || before < after)
  return forward ? [] : [`${user} went from ${before} to ${after}`]
}

const keysOf = ({ user_id: user, revision, variants }: AvatarRow): string[] =>
  variants.map((variant) => variantKey(asUserId(user), revision, variant))

/** Every size and format that the source allows is named, there, and decodes at its size. */
async function incomplete(row: AvatarRow, world: World): Promise<string[]> {
  if (row.source !== 'upload') return []
  const names = row.variants.map(({ size, format }) => `${size}.${format}`)
  const sides = renderSizes(Math.min(row.source_width, row.source_height))
  const missing = sides
    .flatMap((side) => recipe.formats.map((format) => `${side}.${format}`))
    .filter((name) => !names.includes(name))
  const broken = await Promise.all(row.variants.map((variant) => fault(row, variant, world)))
  return [...missing.map((name) => `${row.user_id} lacks ${name}`), ...broken.flat()]
}

async function fault(row: AvatarRow, variant: Variant, { store }: World): Promise<string[]> {
  const key = variantKey(asUserId(row.user_id), row.revision, variant)
  const bytes = await store.get(key)
  if (!bytes)
    return [`${key} of ${row.user_id} (${userFolder(asUserId(row.user_id))}) is not there`]
  const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  const { format } = await sharp(bytes).metadata()
  const { size } = variant
  const fits = info.width === size && info.height === size && format === variant.format
  return fits && bytes.length === variant.bytes ? [] : [`${key} is not what its row says`]
}
