import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import type { QueueJobJson } from '@bull-board/api/typings/app'
import type { AllQueues } from '@visage/shared/queue/all-queues'
import { displayedData, jobTitle, queueViews } from '@visage/shared/queue/queue-views'
import { BoardServer } from './server.ts'

export type Queues = Awaited<ReturnType<AllQueues['open']>>

export interface Board {
  readonly server: BoardServer
  /** Replaces the displayed queues. */
  show(queues: Queues): void
}

/** Configures bull-board. Its formatters limit what the page shows of a job's name and data. */
export function openBoard(path: string, canWrite: boolean): Board {
  const server = new BoardServer()
  const uiConfig = {
    boardTitle: 'Visage queues',
    hideDocsLink: true,
    miscLinks: [{ text: 'Find an upload', url: `${path}/find` }],
  }
  const { setQueues } = createBullBoard({
    queues: [],
    serverAdapter: server,
    options: { uiConfig },
  })
  return { server, show: (queues) => setQueues(queues.map((queue) => adapterOf(queue, canWrite))) }
}

function adapterOf(queue: Queues[number], canWrite: boolean): BullMQAdapter {
  const { name } = queue
  const adapter = new BullMQAdapter(queue, {
    readOnlyMode: !canWrite,
    description: queueViews[name]?.description ?? '',
  })
  adapter.setFormatter('data', (data) => displayedData(name, data))
  adapter.setFormatter('name', (job: QueueJobJson) => jobTitle(name, job.name, job.data))
  return adapter
}
