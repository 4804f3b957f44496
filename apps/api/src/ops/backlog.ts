import type { OpsRoutes } from '@visage/shared/ops/server'
import type { UploadQueue } from '@visage/shared/queue/upload-queue'

/**
 * `/backlog`: the number of jobs for workers, as input for an autoscaler. Answers 503 while Redis is unavailable, so
 * that the autoscaler does not change the number of workers.
 */
export function backlogRoute(queue: UploadQueue): OpsRoutes {
  return {
    '/backlog': () =>
      readBacklog(queue).then(
        (body) => ({ status: 200, body }),
        () => ({ status: 503, body: { error: 'Redis is unavailable' } }),
      ),
  }
}

/**
 * `work` is the number of jobs that workers can process now. While the queue is paused, it is the number of running
 * jobs. Jobs that wait for a retry do not count, because more workers would not help.
 */
async function readBacklog(queue: UploadQueue) {
  const [{ waiting, running }, paused] = await Promise.all([queue.counts(), queue.isPaused()])
  return { waiting, running, paused, work: running + (paused ? 0 : waiting) }
}
