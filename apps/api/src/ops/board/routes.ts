/** Whether a route of bull-board only reads the queues, or changes them. */
type RouteAccess = 'read' | 'write'

/**
 * The supported routes, by bull-board's method and path. The workers would undo the actions of the other routes, or
 * those actions could change whose picture an upload becomes. docs/operations.md gives the reason for each route.
 */
const supported: Readonly<Record<string, RouteAccess>> = {
  'get /api/redis/stats': 'read',
  'get /api/queues': 'read',
  'get /api/job-schedulers': 'read',
  'get /api/queues/:queueName/metrics': 'read',
  'get /api/queues/:queueName/default-job-options': 'read',
  'get /api/queues/:queueName/workers': 'read',
  'get /api/queues/:queueName/rate-limit': 'read',
  'get /api/queues/:queueName/job-data-schema': 'read',
  'get /api/queues/:queueName/:jobId': 'read',
  'get /api/queues/:queueName/:jobId/logs': 'read',
  'get /api/queues/:queueName/:jobId/flow': 'read',
  'put /api/queues/pause': 'write',
  'put /api/queues/resume': 'write',
  'put /api/queues/:queueName/pause': 'write',
  'put /api/queues/:queueName/resume': 'write',
  'put /api/queues/:queueName/concurrency': 'write',
  'put /api/queues/:queueName/rate-limit': 'write',
  'put /api/queues/:queueName/rate-limit/release': 'write',
  'put /api/queues/:queueName/promote': 'write',
  'put /api/queues/:queueName/retry/:queueStatus': 'write',
  'put /api/queues/:queueName/clean/:queueStatus': 'write',
  'put /api/queues/:queueName/job-schedulers/:schedulerId/run': 'write',
  'put /api/queues/:queueName/:jobId/promote': 'write',
  'put /api/queues/:queueName/:jobId/retry': 'write',
  'put /api/queues/:queueName/:jobId/clean': 'write',
  'patch /api/queues/:queueName/:jobId/delay': 'write',
}

/** @returns undefined if Visage does not support the route */
export function requiredAccess(method: string, route: string): RouteAccess | undefined {
  return supported[`${method} ${route}`]
}
