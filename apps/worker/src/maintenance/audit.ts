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
  /** Returns the revisions that the database references. */
  readonly findReferenced: (
    stored: readonly StoredRevision[],
    grace: number,
  ) => Promise<Set<Revision>>
  readonly log: Logger
  readonly metrics: Pick<WorkerMetrics, 'audit'>
}

export interface AuditOptions {
  /** Minimum age, in milliseconds, of an unreferenced object before the audit removes it. */
  readonly grace: number
  /** Reports findings, and changes nothing. */
  readonly dryRun: boolean
  /** Current recipe of the workers. */
  readonly recipe: RecipeId
  /** Called after each row. */
  readonly onRow?: () => void
}

export interface AuditReport {
  /** Unreferenced pictures in the bucket that are older than the grace period. A dry run does not remove them. */
  orphans: number
  /** Rows whose objects are missing. */
  incomplete: number
  /** Incomplete rows whose picture was queued to be rendered again. */
  repaired: number
}

/**
 * Compares the bucket with the rows. Both are read while users change them, so the audit checks every finding again
 * before it acts on it.
 */
export async function audit(
  options: AuditOptions,
  dependencies: AuditDependencies,
): Promise<AuditReport> {
  const report: AuditReport = { orphans: 0, incomplete: 0, repaired: 0 }
  const findings = matchRowsWithObjects(
    dependencies.avatars.pictures(),
    storedPictures(dependencies.store),
    options.onRow,
  )
  for await (const finding of findings) {
    if (finding.kind === 'orphan') await handleOrphan(finding.stored, options, dependencies, report)
    else await handleIncomplete(finding.row, options, dependencies, report)
  }
  dependencies.log.info({ ...report, dry_run: options.dryRun }, 'Finished audit')
  return report
}

async function handleOrphan(
  stored: StoredPicture,
  { grace, dryRun }: AuditOptions,
  { findReferenced, raw, store, log, metrics }: AuditDependencies,
  report: AuditReport,
): Promise<void> {
  const isYoung = stored.newest.getTime() > Date.now() - grace
  if (isYoung || (await findReferenced([stored], grace)).size > 0) return
  if (await raw.find(uploadIdOf(stored.revision))) return
  report.orphans++
  metrics.audit.inc({ finding: 'orphan' })
  log.warn({ revision: stored.revision, folder: stored.folder }, 'Found unreferenced variants')
  if (!dryRun) await store.remove(stored.keys)
}

async function handleIncomplete(
  row: CurrentPicture,
  options: AuditOptions,
  dependencies: AuditDependencies,
  report: AuditReport,
): Promise<void> {
  const missing = await stillMissing(row, dependencies)
  if (missing.length === 0) return
  report.incomplete++
  dependencies.metrics.audit.inc({ finding: 'incomplete' })
  dependencies.log.error(
    { revision: row.revision, user: row.userId, missing },
    'Found row with missing objects',
  )
  if (!options.dryRun && (await repair(row, options, dependencies))) report.repaired++
}

/**
 * Queues a job that renders the picture again. A repair renders the same objects from the raw object. Without a raw
 * object, a rerender renders new objects from the original, under a new revision.
 * @returns whether the raw object or the original exists
 */
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

/** Returns the keys that are still missing. A picture that was replaced in the meantime has no missing keys. */
async function stillMissing(
  { userId, revision }: CurrentPicture,
  { avatars, store }: AuditDependencies,
): Promise<string[]> {
  const current = await avatars.find(userId)
  if (current?.source !== 'upload' || current.revision !== revision) return []
  const stored = new Set<string>()
  for await (const key of store.list(variantPrefix(userId, revision))) stored.add(key)
  const keys = current.variants.map((variant) => variantKey(userId, revision, variant))
  return keys.filter((key) => !stored.has(key))
}
