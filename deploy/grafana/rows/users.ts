import { gauge, perSecond, quantile, quantiles, type Row } from '../panel.ts'

export const users: Row = {
  title: 'Users',
  panels: [
    {
      title: 'Uploads and removals, by answer',
      about:
        'PUTs and DELETEs a second by code: 0 is success, 400xx and 401 the client’s fault, 429 too often, 500xx and 503 ours',
      kind: 'stacked',
      width: 12,
      unit: 'reqps',
      queries: [[perSecond('http_requests_total', 'code', 'method=~"PUT|DELETE",'), '{{code}}']],
    },
    {
      title: 'Accepting an upload',
      about: 'From the last byte to the acceptance, without the time of the client’s connection',
      kind: 'lines',
      width: 12,
      unit: 's',
      queries: quantiles('accept_duration_seconds'),
    },
    {
      title: 'From acceptance to ready',
      about: 'Time until the new picture is public',
      kind: 'lines',
      width: 12,
      unit: 's',
      queries: quantiles('accepted_to_outcome_seconds', 'outcome="ready",'),
    },
    {
      title: 'Failed requests',
      about: 'All answers except success, by code, for all routes',
      kind: 'stacked',
      width: 12,
      unit: 'reqps',
      queries: [[perSecond('http_requests_total', 'code', 'code!="0",'), '{{code}}']],
    },
    {
      title: 'Requests, by route',
      about: 'Answers per second',
      kind: 'stacked',
      width: 8,
      unit: 'reqps',
      queries: [[perSecond('http_requests_total', 'method, route'), '{{method}} {{route}}']],
    },
    {
      title: 'Time to the answer, by route',
      about:
        'p95 until the answer begins. A PUT has its body in it, and its wait if it asked for one',
      kind: 'lines',
      width: 8,
      unit: 's',
      queries: [[quantile(0.95, 'http_request_duration_seconds', 'route'), '{{route}}']],
    },
    {
      title: 'Refused',
      about:
        'Requests refused by a limit. Local counter: this process counted alone, because Redis was unavailable',
      kind: 'lines',
      width: 8,
      unit: 'reqps',
      queries: [
        [perSecond('refused_overload_total'), 'bytes in flight'],
        [perSecond('refused_outcome_waits_total'), 'outcome waits'],
        [perSecond('refused_rate_total', 'limit'), 'rate limit {{limit}}'],
        [perSecond('rate_limit_fallbacks_total'), 'local counter'],
      ],
    },
    {
      title: 'Bytes accepted',
      about: 'Bytes of uploads per second',
      kind: 'lines',
      width: 8,
      unit: 'Bps',
      queries: [[perSecond('accept_bytes_sum'), 'accepted']],
    },
    {
      title: 'Bytes in flight',
      about: 'By process. MAX_BYTES_IN_FLIGHT limits them',
      kind: 'lines',
      width: 8,
      unit: 'bytes',
      queries: [[gauge('visage_bytes_in_flight'), '{{instance}}']],
    },
    {
      title: 'Waiting for outcomes',
      about: 'Event streams and waiting requests, by process. MAX_OUTCOME_WAITERS limits them',
      kind: 'lines',
      width: 8,
      unit: 'short',
      queries: [[gauge('visage_outcome_waiters'), '{{instance}}']],
    },
  ],
}
