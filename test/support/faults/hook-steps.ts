import { parseVariantKey } from '@visage/shared/avatar/keys'
import type { Revision } from '@visage/shared/avatar/revision'
import type { JobDependencies } from '../../../apps/worker/src/queue/upload-consumer.ts'
import { asRevision } from '../domain/brands.ts'
import type { StepName, Visiting } from './visits.ts'

/** The same steps, each with a visit before it, while it is under way, and after it. */
export function hookSteps(steps: JobDependencies, visit: Visiting): JobDependencies {
  const { raw, store, uploads, originals, rerenders } = steps
  const owners = new WeakMap<Buffer, Revision>()
  const puts = new Map<Revision, number>()
  const ownerOf = (bytes: Buffer) => owners.get(bytes) ?? 'unknown'

  async function around<T>(step: StepName, upload: Revision, work: () => Promise<T>, nth = 1) {
    await visit({ step, at: 'before', upload, nth })
    const [result] = await Promise.all([work(), visit({ step, at: 'during', upload, nth })])
    await visit({ step, at: 'after', upload, nth })
    return result
  }

  /** The number of a put within its attempt. All puts of an attempt start together, in the order of the variants. */
  function count(upload: Revision): number {
    const nth = (puts.get(upload) ?? 0) + 1
    puts.set(upload, nth)
    return nth
  }

  return {
    ...steps,
    uploads: {
      beginAttempt: (upload, ...args) => {
        puts.delete(upload.id)
        return around('begin', upload.id, () => uploads.beginAttempt(upload, ...args))
      },
      find: (id) => around('find', id, () => uploads.find(id)),
      commitPicture: (upload, ...args) =>
        around('commit', upload.id, () => uploads.commitPicture(upload, ...args)),
      recordVerdict: (upload, ...args) =>
        around('end', upload.id, () => uploads.recordVerdict(upload, ...args)),
      recordAttemptEnd: (id, ...args) =>
        around('release', id, () => uploads.recordAttemptEnd(id, ...args)),
      recordCrash: (id, ...args) => around('blame', id, () => uploads.recordCrash(id, ...args)),
    },
    raw: {
      get: async (id) => {
        const bytes = await around('get', id, () => raw.get(id))
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
          'put',
          asRevision(upload),
          () => store.put(key, ...args),
          count(asRevision(upload)),
        )
      },
    },
    render: (bytes, ...args) =>
      around('render', asRevision(ownerOf(bytes)), () => steps.render(bytes, ...args)),
    keepOriginal: (upload) => around('keep', upload.id, async () => steps.keepOriginal?.(upload)),
    rerenders: {
      begin: (one) => {
        puts.delete(one.to)
        return around('rerender', one.from, () => rerenders.begin(one))
      },
      commit: (one, ...args) => around('replace', one.from, () => rerenders.commit(one, ...args)),
    },
    originals: {
      get: async (user, id) => {
        const bytes = await around('original', id, () => originals.get(user, id))
        if (bytes) owners.set(bytes, id)
        return bytes
      },
      copyRevision: (user, from, to) =>
        around('carry', from, () => originals.copyRevision(user, from, to)),
    },
  }
}
