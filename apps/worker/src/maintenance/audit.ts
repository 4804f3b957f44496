import type { CurrentPicture } from '@visage/shared/avatar/avatar'
import { variantKey, variantPrefix } from '@visage/shared/avatar/keys'
import type { RecipeId } from '@visage/shared/avatar/recipe-id'
import type { StoredRevision } from '@visage/shared/avatar/removal'
import type { Revision } from '@visage/shared/avatar/revision'
import { uploadIdOf } from '@visage/shared/avatar/upload'
import type { Avatars } from '@visage/shared/db/avatars'
import type { Logger } from '@visage/shared/log/logger'
import type { UploadQueue } from '@visage/shared/queue/upload-queue'
import type { ObjectStore } from '@visage/shared/storage/object-store'
import type { Originals } from '@visage/shared/storage/originals'
import type { RawObjects } from '@visage/shared/storage/raw-objects'
import type { WorkerMetrics } from '../metrics.ts'
import { matchRowsWithObjects, type StoredPicture } from './audit-match.ts'
import { storedPictures } from './stored-pictures.ts'

export interface AuditDependencies {
  readonly avatars: Pick<Avatars, 'find' | 'pictures'>
  readonly store: Pick<ObjectStore, 'listObjects' | 'list' | 'remove'>
  readonly raw: Pick<RawObjects, 'find'>
  readonly originals: Pick<Originals, 'find'>
  readonly queue: Pick<UploadQueue, 'addRepair' | 'addRerender'>
  /** Which of these revisions something in the database speaks for. */
  readonly findReferenced: (
    stored: readonly StoredRevision[],
    grace: number,
  ) => Promise<Set<Revision>>
  readonly log: Logger
  readonly metrics: Pick<WorkerMetrics, 'audit'>
}

export interface AuditOptions {
  /** Milliseconds that an object must have lain unspoken for before it is removed. */
  readonly grace: number
  /** Report only. */
  readonly dryRun: boolean
  /** Today's. */
  readonly recipe: RecipeId
  /** Called for each row that was looked at. */
  readonly onRow?: () => void
}

export interface AuditReport {
  /** Pictures in the bucket that nothing speaks for, past the grace period; removed unless on a dry run. */
  orphans: number
  /** Rows that name objects which are not there. */
  incomplete: number
  /** Of those, how many were queued to be rendered again. */
  repaired: number
}

/**
 * Holds the bucket against the rows. The two are read at different moments while users go on, so
 * every finding is asked about once more before anything is done about it.
 */
export async function audit(options: AuditOptions, parts: AuditDependencies): Promise<AuditReport> {
  const report: AuditReport = { orphans: 0, incomplete: 0, repaired: 0 }
  const findings = matchRowsWithObjects(
    parts.avatars.pictures(),
    storedPictures(parts.store),
    options.onRow,
  )
  for await (const finding of findings) {
    if (finding.kind === 'orphan') await handleOrphan(finding.stored, options, parts, report)
    else await handleIncomplete(finding.row, options, parts, report)
  }
  parts.log.info({ ...report, dry_run: options.dryRun }, 'audit')
  return report
}

async function handleOrphan(
  stored: StoredPicture,
  { grace, dryRun }: AuditOptions,
  { findReferenced, raw, store, log, metrics }: AuditDependencies,
  report: AuditReport,
): Promise<void> {
  const young = stored.newest.getTime() > Date.now() - grace
  if (young || (await findReferenced([stored], grace)).size > 0) return
  if (await raw.find(uploadIdOf(stored.revision))) return
  report.orphans++
  metrics.audit.inc({ finding: 'orphan' })
  log.warn({ revision: stored.revision, folder: stored.folder }, 'variants that no row speaks for')
  if (!dryRun) await store.remove(stored.keys)
}

async function handleIncomplete(
  row: CurrentPicture,
  options: AuditOptions,
  parts: AuditDependencies,
  report: AuditReport,
): Promise<void> {
  const missing = await stillMissing(row, parts)
  if (missing.length === 0) return
  report.incomplete++
  parts.metrics.audit.inc({ finding: 'incomplete' })
  parts.log.error(
    { revision: row.revision, user: row.userId, missing },
    'a row names missing objects',
  )
  if (!options.dryRun && (await repair(row, options, parts))) report.repaired++
}

/** From the raw bytes the same objects, from the original others under a revision of their own.  @returns whether either is there */
async function repair(
  { userId, revision }: CurrentPicture,
  { recipe }: AuditOptions,
  { raw, originals, queue }: AuditDependencies,
): Promise<boolean> {
  const upload = await raw.find(uploadIdOf(revision))
  if (upload) await queue.addRepair(upload)
  const original = upload ? undefined : await originals.find(userId, revision)
  if (original) await queue.addRerender(original, recipe)
  return Boolean(upload ?? original)
}

/** A picture that was replaced meanwhile is not missing anything. */
async function stillMissing(
  { userId, revision }: CurrentPicture,
  { avatars, store }: AuditDependencies,
): Promise<string[]> {
  const now = await avatars.find(userId)
  if (now?.source !== 'upload' || now.revision !== revision) return []
  const there = new Set<string>()
  for await (const key of store.list(variantPrefix(userId, revision))) there.add(key)
  return now.variants.map((v) => variantKey(userId, revision, v)).filter((key) => !there.has(key))
}
