import type { Logger } from '@visage/shared/log/logger'
import type { Context, Middleware } from 'koa'

/** The error responses of the dashboard. `key` selects the text that bull-board's page shows. */
const dashboardErrors = {
  unauthorized: {
    status: 401,
    key: 'ERRORS.FORBIDDEN',
    message: 'Credentials are missing or wrong. Sign in with OPS_USER and OPS_PASSWORD.',
  },
  tooManyFailedLogins: {
    status: 429,
    key: 'ERRORS.FORBIDDEN',
    message: 'Too many failed logins from this address. Try again in a minute.',
  },
  foreignHost: {
    status: 403,
    key: 'ERRORS.FORBIDDEN',
    message:
      'The Host header is not a loopback name. Use a name such as localhost, or set OPS_USER and OPS_PASSWORD.',
  },
  crossSite: {
    status: 403,
    key: 'ERRORS.FORBIDDEN',
    message:
      'A request that changes something must come from this origin. If it has the header Sec-Fetch-Site, that must be same-origin. Otherwise the header Origin must name this host.',
  },
  readOnly: {
    status: 405,
    key: 'ERRORS.QUEUE_READ_ONLY',
    message: 'The queues are read-only. Set OPS_WRITE=true to allow changes.',
  },
  unsupportedAction: {
    status: 403,
    key: 'ERRORS.FORBIDDEN',
    message: 'Visage does not support this action. docs/operations.md gives the reason.',
  },
  badBody: {
    status: 400,
    key: 'ERRORS.INVALID_REQUEST_BODY',
    message: 'The body is invalid or too large. Send JSON of at most 64 KiB.',
  },
  pageNotFound: {
    status: 404,
    key: 'ERRORS.QUEUE_NOT_FOUND',
    message: 'Page not found. The dashboard is at /queues.',
  },
  redisUnavailable: {
    status: 503,
    key: 'ERRORS.REDIS_UNAVAILABLE',
    message: 'Redis is unavailable. The dashboard works again when Redis answers.',
  },
  internal: {
    status: 500,
    key: 'ERRORS.INTERNAL_SERVER_ERROR',
    message: 'The dashboard failed. The log of the API gives the reason.',
  },
} as const

type DashboardErrorName = keyof typeof dashboardErrors

class DashboardError extends Error {
  readonly response: (typeof dashboardErrors)[DashboardErrorName]

  constructor(name: DashboardErrorName) {
    super(dashboardErrors[name].message)
    this.response = dashboardErrors[name]
  }
}

/** Creates an error that `answerDashboardErrors` answers, as in `throw dashboardError('readOnly')`. */
export const dashboardError = (name: DashboardErrorName): Error => new DashboardError(name)

/**
 * Answers every error of the later middleware. Details of an unexpected error go only to the log.
 * @param isRedisUnavailable whether Redis does not answer at present
 */
export function answerDashboardErrors(
  isRedisUnavailable: () => Promise<boolean>,
  log: Logger,
): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (thrown) {
      if (thrown instanceof DashboardError) return send(ctx, thrown.response)
      const unavailable = await isRedisUnavailable()
      if (!unavailable) log.error({ err: thrown }, 'Failed to answer dashboard request')
      send(ctx, unavailable ? dashboardErrors.redisUnavailable : dashboardErrors.internal)
    }
  }
}

/** Sends JSON to requests of bull-board's page, plain text to others. */
function send(ctx: Context, { status, key, message }: DashboardError['response']): void {
  ctx.status = status
  ctx.body = ctx.path.includes('/api/') ? { error: { key }, message } : `${message}\n`
  ctx.type = typeof ctx.body === 'string' ? 'text' : 'json'
}
