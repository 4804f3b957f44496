import type { CurrentPicture } from '@visage/shared/avatar/avatar'
import { userFolder, variantFile } from '@visage/shared/avatar/keys'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AuditFinding,
  matchRowsWithObjects,
  type StoredPicture,
} from '../../../../apps/worker/src/maintenance/audit-match.ts'
import { asObjectKey, asUserId } from '../../../support/domain/brands.ts'
import { collect } from '../../../support/domain/collect.ts'
import { revisionAt } from '../../../support/domain/uploads.ts'

const USERS = ['alice', 'bob', 'carol', 'dora']
const REVISIONS = [1, 2, 3].map(revisionAt)
const VARIANTS = [
  { size: 512, format: 'webp', bytes: 1 },
  { size: 64, format: 'webp', bytes: 1 },
  { size: 64, format: 'jpeg', bytes: 1 },
] as const

const variants = fc.subarray([...VARIANTS], { minLength: 1 })

const row = fc
  .record({ user: fc.constantFrom(...USERS), revision: fc.constantFrom(...REVISIONS), variants })
  .map(
    ({ user, ...rest }): CurrentPicture => ({
      userId: asUserId(user),
      folder: userFolder(asUserId(user)),
      ...rest,
    }),
  )

const stored = fc
  .record({ user: fc.constantFrom(...USERS), revision: fc.constantFrom(...REVISIONS), variants })
  .map(({ user, revision, variants }): StoredPicture => {
    const [folder, files] = [userFolder(asUserId(user)), variants.map(variantFile)]
    return { folder, revision, files, keys: files.map(asObjectKey), newest: new Date(0) }
  })

const rows = fc.uniqueArray(row, { selector: ({ folder }) => folder }).map(inOrder)
const bucket = fc
  .uniqueArray(stored, { selector: ({ folder, revision }) => folder + revision })
  .map(inOrder)

function inOrder<T extends { folder: string; revision: string }>(items: T[]): T[] {
  const place = ({ folder, revision }: T) => folder + revision
  return items.sort((a, b) => (place(a) < place(b) ? -1 : 1))
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

const name = ({ folder, revision }: { folder: string; revision: string }) => `${folder}/${revision}`

function word(finding: AuditFinding): string {
  if (finding.kind === 'orphan') return `orphan ${name(finding.stored)}`
  return `incomplete ${name(finding.row)} ${finding.missing.join()}`
}

/** The same by looking everything up. */
function naive(rows: readonly CurrentPicture[], bucket: readonly StoredPicture[]): string[] {
  const shown = new Set(rows.map(name))
  const files = new Map(bucket.map((one) => [name(one), one.files]))
  const orphans = bucket.filter((one) => !shown.has(name(one))).map((one) => `orphan ${name(one)}`)
  const incomplete = rows.flatMap((one) => {
    const there = files.get(name(one)) ?? []
    const missing = one.variants.map(variantFile).filter((file) => !there.includes(file))
    return missing.length > 0 ? [`incomplete ${name(one)} ${missing.join()}`] : []
  })
  return [...orphans, ...incomplete].sort()
}

test('the merge finds the same differences as a lookup of everything', async () => {
  const property = fc.asyncProperty(rows, bucket, async (rows, bucket) => {
    const found = await collect(matchRowsWithObjects(each(rows), each(bucket)))
    expect(found.map(word).sort()).toEqual(naive(rows, bucket))
  })
  await fc.assert(property, { numRuns: 2000 })
})

test('each row is counted once', async () => {
  const property = fc.asyncProperty(rows, bucket, async (rows, bucket) => {
    let counted = 0
    await collect(matchRowsWithObjects(each(rows), each(bucket), () => counted++))
    expect(counted).toBe(rows.length)
  })
  await fc.assert(property)
})

test('at most one row and one picture are in memory', async () => {
  const property = fc.asyncProperty(rows, bucket, async (rows, bucket) => {
    const [seen, last] = [{ rows: 0, bucket: 0 }, rows.at(-1)]
    const counting = async function* <T>(which: keyof typeof seen, items: readonly T[]) {
      for (const item of items) {
        seen[which]++
        yield item
      }
    }
    for await (const finding of matchRowsWithObjects(
      counting('rows', rows),
      counting('bucket', bucket),
    )) {
      const at = finding.kind === 'orphan' ? finding.stored : finding.row
      expect(seen.rows).toBeLessThanOrEqual(rows.filter((one) => one.folder < at.folder).length + 1)
      if (at.folder <= (last?.folder ?? ''))
        expect(seen.bucket).toBeLessThanOrEqual(
          bucket.filter((one) => one.folder <= at.folder).length + 1,
        )
    }
  })
  await fc.assert(property)
})
