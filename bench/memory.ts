import { api } from './memory/api.ts'
import { renderer } from './memory/renderer.ts'
import { worker } from './memory/worker.ts'
import type { Part } from './support/part.ts'

export const part: Part = {
  what: 'memory over time: the API during large uploads, a worker and a render process over many pictures',
  measure: async (effort) => {
    const reports = [await api(effort), await worker(effort), await renderer(effort)]
    return {
      tables: reports.flatMap(({ tables }) => tables),
      targets: reports.flatMap(({ targets }) => targets),
      externalServers: reports[0]?.externalServers ?? [],
    }
  },
}
