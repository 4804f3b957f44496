import type { CurrentPicture } from '@visage/shared/avatar/avatar'
import type { StoredRevision } from '@visage/shared/avatar/removal'
import type { Avatars } from '@visage/shared/db/avatars'
import type { Purges } from '@visage/shared/db/purges'
import type { Rerenders } from '@visage/shared/db/rerenders'
import type { Uploads } from '@visage/shared/db/uploads'
import { ROWS_PAGE, type Rows } from './rows.ts'
import type { Ask } from './task.ts'

export type DatabasePorts = ReturnType<typeof databasePorts>

/** Ports of the database with the interface of the real adapters. Each `ask` is one statement or transaction. */
export function databasePorts(rows: Rows, ask: Ask) {
  return {
    uploads: uploadsPort(rows, ask),
    avatars: avatarsPort(rows, ask),
    purges: purgesPort(rows, ask),
    rerenders: rerendersPort(rows, ask),
    findReferenced: (stored: readonly StoredRevision[], grace: number) =>
      ask('find referenced', () => rows.findReferenced(stored, grace)),
  }
}

function uploadsPort(rows: Rows, ask: Ask): Uploads {
  const recordVerdict: Uploads['recordVerdict'] = (upload, verdict) =>
    ask('reject', () => rows.recordVerdict(upload, verdict))
  const port: Partial<Uploads> = {
    async beginAttempt(upload, attempt) {
      const begun = await ask('begin', () => rows.begin(upload, attempt))
      return begun === 'overtaken'
        ? { outcome: await recordVerdict(upload, { state: 'superseded' }) }
        : begun
    },
    find: (id) => ask('find receipt', () => rows.record(id)),
    recordCrash: (id, attempt) => ask('record crash', () => rows.recordCrash(id, attempt)),
    recordAttemptEnd: (id, attempt) =>
      ask('record attempt end', () => rows.recordAttemptEnd(id, attempt)),
    findWithOutcome: (ids) => ask('ended', () => rows.ended(ids)),
    commitPicture: (upload, picture) => ask('commit', () => rows.commit(upload, picture)),
    recordVerdict,
  }
  return port as Uploads
}

function rerendersPort(rows: Rows, ask: Ask): Rerenders {
  const port: Partial<Rerenders> = {
    begin: (one) => ask('begin rerender', () => rows.beginRerender(one)),
    commit: (one, picture) => ask('commit rerender', () => rows.rerender(one, picture)),
  }
  return port as Rerenders
}

function avatarsPort(rows: Rows, ask: Ask): Avatars {
  const port: Partial<Avatars> = {
    change: (change) => ask('change', () => rows.change(change)),
    remove: (removal) => ask('remove row', () => rows.remove(removal)),
    find: (userId) => ask('find', () => rows.find(userId)),
    pictures: () => pictures(rows, ask),
  }
  return port as Avatars
}

async function* pictures(rows: Rows, ask: Ask): AsyncGenerator<CurrentPicture> {
  for (let after = ''; ; ) {
    const page = await ask('page of rows', () => rows.page(after))
    yield* page
    if (page.length < ROWS_PAGE) return
    after = page.at(-1)?.folder ?? ''
  }
}

function purgesPort(rows: Rows, ask: Ask): Purges {
  const port: Partial<Purges> = {
    due: (grace, limit) => ask('due', () => rows.due(grace, limit)),
    dueNow: (userId, limit) => ask('removed by', () => rows.removedBy(userId, limit)),
    delete: (purged) => ask('done', () => rows.done(purged)),
  }
  return port as Purges
}
