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

/** Violations of the guarantees, one sentence each. */
export interface Findings {
  /**
   * Accepted uploads that do not have exactly one outcome, or have an outcome that does not fit their bytes. Also
   * uploads rejected as `unprocessable` whose bytes are not in quarantine.
   */
  readonly lost: string[]
  /** Rows that do not show the newest change, went back to an older revision, or reference missing objects. */
  readonly wrong: string[]
  /** Objects that should have been deleted. */
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

/** Compares Postgres and the bucket with the answers that clients got. */
export async function check(world: World, ledger: Ledger): Promise<Findings> {
  const facts = await gather(world, ledger)
  return {
    lost: [
      ...ledger.uploads.flatMap((upload) => lossOf(upload, facts)),
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

/** Whether every accepted upload has its outcome. */
export async function allHaveOutcome({ db }: World, { uploads }: Ledger): Promise<boolean> {
  const ended = new Set((await outcomes(db)).map((outcome) => outcome.upload_id))
  return uploads.every(({ id }) => ended.has(id))
}

/** Returns the objects that neither a row nor a verdict references. A row also references its original. */
export async function leftovers(world: World): Promise<string[]> {
  const rows: AvatarRow[] = await world.db('avatars').where('source', 'upload')
  const originals = rows.map(({ user_id: user, revision }) => originalKey(asUserId(user), revision))
  const referenced = new Set([
    ...rows.flatMap(keysOf),
    ...originals,
    ...(await quarantineKeys(world)),
  ])
  return (await keysIn(world)).filter((key) => !referenced.has(key))
}

async function missingQuarantine(world: World): Promise<string[]> {
  const stored = new Set(await keysIn(world, 'quarantine/'))
  const missing = (await quarantineKeys(world)).filter((key) => !stored.has(key))
  return missing.map((key) => `${key} of an unprocessable upload is missing`)
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

function lossOf({ id, expected }: AcceptedUpload, { outcomes }: Facts): string[] {
  const states = (outcomes.get(id) ?? []).map(({ state }) => state)
  const fine = states.length === 1 && (states[0] === expected || states[0] === 'superseded')
  return fine ? [] : [`${id} has outcome ${states.join(' and ') || 'none'} instead of ${expected}`]
}

/**
 * Checks that the row shows the newest accepted change. A change whose client got no answer counts too, if the API
 * applied it.
 */
function wrongWinner(user: string, facts: Facts): string[] {
  const row = facts.rows.get(user)
  const newest = candidates(user, facts).sort().at(-1)
  if (!isOf(row?.revision, newest))
    return [`${user} shows ${row?.revision}, the newest change is ${newest}`]
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

/** Checks that the row lists every size and format that the source allows, and that each object decodes at its size. */
async function incomplete(row: AvatarRow, world: World): Promise<string[]> {
  if (row.source !== 'upload') return []
  const names = row.variants.map(({ size, format }) => `${size}.${format}`)
  const sides = renderSizes(Math.min(row.source_width, row.source_height))
  const missing = sides
    .flatMap((side) => recipe.formats.map((format) => `${side}.${format}`))
    .filter((name) => !names.includes(name))
  const broken = await Promise.all(row.variants.map((variant) => damageOf(row, variant, world)))
  return [...missing.map((name) => `${row.user_id} lacks ${name}`), ...broken.flat()]
}

async function damageOf(row: AvatarRow, variant: Variant, { store }: World): Promise<string[]> {
  const key = variantKey(asUserId(row.user_id), row.revision, variant)
  const bytes = await store.get(key)
  if (!bytes) return [`${key} of ${row.user_id} (${userFolder(asUserId(row.user_id))}) is missing`]
  const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  const { format } = await sharp(bytes).metadata()
  const { size } = variant
  const fits = info.width === size && info.height === size && format === variant.format
  return fits && bytes.length === variant.bytes ? [] : [`${key} does not match its row`]
}
