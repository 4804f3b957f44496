import type { OpsRoutes } from '@visage/shared/ops/server'
import type { UploadQueue } from '@visage/shared/queue/upload-queue'

/**
 * `/backlog`: how many jobs there are for workers, for whatever sets the number of workers. Without Redis
 * there is no number, and whoever asks leaves the workers as many as they are.
 */
export function backlogRoute(queue: UploadQueue): OpsRoutes {
  return {
    '/backlog': () =>
      backlog(queue).then(
        (body) => ({ status: 200, body }),
        () => ({ status: 503, body: { error: 'redis is away' } }),
      ),
  }
}

/**
 * `work`: jobs that workers could be at; with the queue paused, only those that they have begun. What waits to
 * be tried again is not among it: more workers would not help.
 */
async function backlog(queue: UploadQueue) {
  const [{ waiting, running }, paused] = await Promise.all([queue.counts(), queue.isPaused()])
  return { waiting, running, paused, work: running + (paused ? 0 : waiting) }
}
