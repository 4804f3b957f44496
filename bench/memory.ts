import { api } from './memory/api.ts'
import { renderer } from './memory/renderer.ts'
import { worker } from './memory/worker.ts'
import type { Part } from './support/part.ts'

export const part: Part = {
  what: 'memory that stays as it is: the API under large uploads, a worker over many pictures, a render process',
  measure: async (effort) => {
    const reports = [await api(effort), await worker(effort), await renderer(effort)]
    return {
      tables: reports.flatMap(({ tables }) => tables),
      targets: reports.flatMap(({ targets }) => targets),
      given: reports[0]?.given ?? [],
    }
  },
}
