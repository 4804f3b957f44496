import { catalogue } from '@visage/shared/errors/catalogue'
import { counter, gauge, histogram } from '@visage/shared/metrics/metric'
import type { LiveMetrics } from '@visage/shared/metrics/metrics-registry'

const MIB = 1024 ** 2

/** Values of the label `method`: the methods of all routes, and `other` for the rest. */
export const methods = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'other'] as const

/** Values of the label `code`: 0 is success. */
const codes = ['0', ...new Set(Object.values(catalogue).map(({ code }) => String(code)))]

/** Histogram buckets in seconds, from the duration of a 304 to the longest that a client waits. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Values of the label `limit`: the rate limits. */
export const limitNames = ['uploads', 'anonymous'] as const

const route = 'pattern of the route; `none` if no route matched'

export const apiMetrics = {
  requests: counter(
    'http_requests_total',
    'Requests that the API answered, by the `code` of the envelope. 0 is success',
    { method: methods, route, code: codes },
  ),
  requestSeconds: histogram(
    'http_request_duration_seconds',
    'Time from the head of a request to the start of its response. A PUT includes the upload of the body and the wait for the outcome',
    DURATION_BUCKETS,
    { route },
  ),
  acceptSeconds: histogram(
    'accept_duration_seconds',
    'Time from the last byte of an upload to its acceptance. Covers the revision clock, the object store and the queue',
    DURATION_BUCKETS.filter((bound) => bound >= 0.005),
  ),
  acceptBytes: histogram('accept_bytes', 'Size of an accepted upload, in bytes', [
    MIB / 64,
    MIB / 16,
    MIB / 4,
    MIB,
    4 * MIB,
    16 * MIB,
    64 * MIB,
  ]),
  acceptedWithoutQueue: counter(
    'accepted_without_queue_total',
    'Accepted uploads without a job, because enqueueing failed. The sweep enqueues them',
  ),
  bytesInFlight: gauge(
    'bytes_in_flight',
    'Bytes that uploads reserve in memory, limited by MAX_BYTES_IN_FLIGHT. Each byte counts twice until the body is complete',
  ),
  refusedOverload: counter(
    'refused_overload_total',
    'Requests refused because they would exceed MAX_BYTES_IN_FLIGHT',
  ),
  outcomeWaiters: gauge('outcome_waiters', 'Requests that wait for events of an upload'),
  refusedOutcomeWaits: counter(
    'refused_outcome_waits_total',
    'Waits for an upload that were refused because MAX_OUTCOME_WAITERS was reached or the API was stopping',
  ),
  refusedRate: counter(
    'refused_rate_total',
    'Requests refused by a rate limit, by name of the limit',
    {
      limit: limitNames,
    },
  ),
  rateLimitFallbacks: counter(
    'rate_limit_fallbacks_total',
    'Requests counted only in this process because Redis was unavailable or too slow',
  ),
  missingObjects: counter(
    'missing_objects_total',
    'Pictures that the API could not send because a referenced object is missing',
  ),
  queueJobs: gauge(
    'queue_jobs',
    'Jobs in the queue. `deferred`: pictures to render again, which start when no upload waits. `retrying`: jobs that wait for their next attempt. Absent while Redis is unavailable',
    { state: ['waiting', 'deferred', 'running', 'retrying', 'failed'] },
  ),
  queueOldest: gauge(
    'queue_oldest_seconds',
    'Time since the oldest upload in the queue was accepted, whether it waits, runs or retries. 0 if there is none. Absent while Redis is unavailable',
  ),
}

export type ApiMetrics = LiveMetrics<typeof apiMetrics>
