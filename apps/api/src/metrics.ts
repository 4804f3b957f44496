import { catalogue } from '@visage/shared/errors/catalogue'
import { counter, gauge, histogram } from '@visage/shared/metrics/metric'
import type { LiveMetrics } from '@visage/shared/metrics/metrics-registry'

const MIB = 1024 ** 2

/** Those that any route has; whatever else is sent is `other`. */
export const methods = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'other'] as const

/** 0 is success. */
const codes = ['0', ...new Set(Object.values(catalogue).map(({ code }) => String(code)))]

/** From what a 304 takes to what nobody waits for, in seconds. */
const ANSWER = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What is limited. */
export const limited = ['uploads', 'anonymous'] as const

const route = 'the pattern of the route; none where no route took it'

export const apiMetrics = {
  requests: counter(
    'http_requests_total',
    'Requests that were answered, by the code of the envelope; 0 for all that went well',
    { method: methods, route, code: codes },
  ),
  requestSeconds: histogram(
    'http_request_duration_seconds',
    'From the head of a request to the beginning of its answer; a PUT has its body in between, and its wait',
    ANSWER,
    { route },
  ),
  acceptSeconds: histogram(
    'accept_duration_seconds',
    'From the last byte of an upload to its acceptance: the clock, the object store, the queue',
    ANSWER.filter((bound) => bound >= 0.005),
  ),
  acceptBytes: histogram('accept_bytes', 'Bytes of an upload that was accepted', [
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
    'Uploads that the sweep has to queue',
  ),
  bytesInFlight: gauge(
    'bytes_in_flight',
    'Bytes of uploads that are held, as MAX_BYTES_IN_FLIGHT counts them: each twice until it is whole',
  ),
  refusedOverload: counter('refused_overload_total', 'Requests refused because of bytes in flight'),
  outcomeWaiters: gauge('outcome_waiters', 'Requests that wait for news of an upload'),
  refusedOutcomeWaits: counter(
    'refused_outcome_waits_total',
    'Waits for an upload that found no room',
  ),
  refusedRate: counter('refused_rate_total', 'Requests refused as too many, by limit', {
    limit: limited,
  }),
  rateLimitFallbacks: counter(
    'rate_limit_fallbacks_total',
    'Requests whose rate was counted in this process only, for want of Redis',
  ),
  missingObjects: counter(
    'missing_objects_total',
    'Pictures that could not be shown because an object that their row names is missing',
  ),
  queueJobs: gauge(
    'queue_jobs',
    'Jobs in the queue; deferred ones are pictures to be rendered anew, taken when no upload waits; retrying ones wait for their next attempt. Absent while Redis is away',
    { state: ['waiting', 'deferred', 'running', 'retrying', 'failed'] },
  ),
  queueOldest: gauge(
    'queue_oldest_seconds',
    'Age of the oldest upload at the head of the queue, from its acceptance: waiting, running or retrying; 0 where there is none. Absent while Redis is away',
  ),
}

export type ApiMetrics = LiveMetrics<typeof apiMetrics>
