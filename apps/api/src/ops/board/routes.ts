/** What a route of bull-board's does: nothing but show, or steer. Those that are not here are not offered. */
type Effect = 'shows' | 'steers'

/**
 * By method and route, as bull-board has them. What is left out would be undone by the workers, or could
 * change whose picture an upload becomes: docs/operations.md says for each why.
 */
const offered: Readonly<Record<string, Effect>> = {
  'get /api/redis/stats': 'shows',
  'get /api/queues': 'shows',
  'get /api/job-schedulers': 'shows',
  'get /api/queues/:queueName/metrics': 'shows',
  'get /api/queues/:queueName/default-job-options': 'shows',
  'get /api/queues/:queueName/workers': 'shows',
  'get /api/queues/:queueName/rate-limit': 'shows',
  'get /api/queues/:queueName/job-data-schema': 'shows',
  'get /api/queues/:queueName/:jobId': 'shows',
  'get /api/queues/:queueName/:jobId/logs': 'shows',
  'get /api/queues/:queueName/:jobId/flow': 'shows',
  'put /api/queues/pause': 'steers',
  'put /api/queues/resume': 'steers',
  'put /api/queues/:queueName/pause': 'steers',
  'put /api/queues/:queueName/resume': 'steers',
  'put /api/queues/:queueName/concurrency': 'steers',
  'put /api/queues/:queueName/rate-limit': 'steers',
  'put /api/queues/:queueName/rate-limit/release': 'steers',
  'put /api/queues/:queueName/promote': 'steers',
  'put /api/queues/:queueName/retry/:queueStatus': 'steers',
  'put /api/queues/:queueName/clean/:queueStatus': 'steers',
  'put /api/queues/:queueName/job-schedulers/:schedulerId/run': 'steers',
  'put /api/queues/:queueName/:jobId/promote': 'steers',
  'put /api/queues/:queueName/:jobId/retry': 'steers',
  'put /api/queues/:queueName/:jobId/clean': 'steers',
  'patch /api/queues/:queueName/:jobId/delay': 'steers',
}

export function effectOf(method: string, route: string): Effect | undefined {
  return offered[`${method} ${route}`]
}
