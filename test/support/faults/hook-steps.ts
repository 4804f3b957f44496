import { parseVariantKey } from '@visage/shared/avatar/keys'
import type { Revision } from '@visage/shared/avatar/revision'
import type { JobDependencies } from '../../../apps/worker/src/queue/upload-consumer.ts'
import { asRevision } from '../domain/brands.ts'
import type { StepName, VisitHook } from './visits.ts'

/** Wraps the job dependencies so that every step calls `visit` before it starts, while it runs, and after it ends. */
export function hookSteps(dependencies: JobDependencies, visit: VisitHook): JobDependencies {
  const { raw, store, uploads, originals, rerenders } = dependencies
  const owners = new WeakMap<Buffer, Revision>()
  const puts = new Map<Revision, number>()
  const ownerOf = (bytes: Buffer) => owners.get(bytes) ?? 'unknown'

  async function around<T>(step: StepName, upload: Revision, work: () => Promise<T>, nth = 1) {
    await visit({ step, at: 'before', upload, nth })
    const [result] = await Promise.all([work(), visit({ step, at: 'during', upload, nth })])
    await visit({ step, at: 'after', upload, nth })
    return result
  }

  /** Numbers the PUTs of an attempt from 1. They all start together, in the order of the variants. */
  function count(upload: Revision): number {
    const nth = (puts.get(upload) ?? 0) + 1
    puts.set(upload, nth)
    return nth
  }

  return {
    ...dependencies,
    uploads: {
      beginAttempt: (upload, ...args) => {
        puts.delete(upload.id)
        return around('begin', upload.id, () => uploads.beginAttempt(upload, ...args))
      },
      find: (id) => around('read_verdict', id, () => uploads.find(id)),
      commitPicture: (upload, ...args) =>
        around('commit', upload.id, () => uploads.commitPicture(upload, ...args)),
      recordVerdict: (upload, ...args) =>
        around('reject', upload.id, () => uploads.recordVerdict(upload, ...args)),
      recordAttemptEnd: (id, ...args) =>
        around('record_attempt_end', id, () => uploads.recordAttemptEnd(id, ...args)),
      recordCrash: (id, ...args) =>
        around('record_crash', id, () => uploads.recordCrash(id, ...args)),
    },
    raw: {
      get: async (id) => {
        const bytes = await around('fetch', id, () => raw.get(id))
        if (bytes) owners.set(bytes, id)
        return bytes
      },
      remove: async (...ids) => {
        for (const id of ids) await around('remove', id, () => raw.remove(id))
      },
      quarantine: (id) => around('quarantine', id, () => raw.quarantine(id)),
    },
    store: {
      put: (key, ...args) => {
        const upload = parseVariantKey(key)?.revision ?? 'unknown'
        return around(
          'publish',
          asRevision(upload),
          () => store.put(key, ...args),
          count(asRevision(upload)),
        )
      },
    },
    render: (bytes, ...args) =>
      around('render', asRevision(ownerOf(bytes)), () => dependencies.render(bytes, ...args)),
    keepOriginal: (upload) =>
      around('keep', upload.id, async () => dependencies.keepOriginal?.(upload)),
    rerenders: {
      begin: (one) => {
        puts.delete(one.to)
        return around('rerender_begin', one.from, () => rerenders.begin(one))
      },
      commit: (one, ...args) =>
        around('rerender_commit', one.from, () => rerenders.commit(one, ...args)),
    },
    originals: {
      get: async (user, id) => {
        const bytes = await around('rerender_fetch', id, () => originals.get(user, id))
        if (bytes) owners.set(bytes, id)
        return bytes
      },
      copyRevision: (user, from, to) =>
        around('rerender_keep', from, () => originals.copyRevision(user, from, to)),
    },
  }
}
