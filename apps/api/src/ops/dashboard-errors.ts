import type { Logger } from '@visage/shared/log/logger'
import type { Context, Middleware } from 'koa'

/** Why the dashboard does not do what it was asked. `key` is what bull-board's page calls it, and has words for. */
const dashboardErrors = {
  noAccess: {
    status: 401,
    key: 'ERRORS.FORBIDDEN',
    message: 'This is for those who know OPS_USER and OPS_PASSWORD.',
  },
  tooManyGuesses: {
    status: 429,
    key: 'ERRORS.FORBIDDEN',
    message: 'Too many wrong passwords came from this address; try again in a minute.',
  },
  foreignName: {
    status: 403,
    key: 'ERRORS.FORBIDDEN',
    message:
      'Without OPS_USER and OPS_PASSWORD this is shown under a name of this machine only, such as localhost.',
  },
  crossSite: {
    status: 403,
    key: 'ERRORS.FORBIDDEN',
    message:
      'What changes something must come from a page of this origin: Sec-Fetch-Site must be same-origin, or without it, Origin this host.',
  },
  readOnly: {
    status: 405,
    key: 'ERRORS.QUEUE_READ_ONLY',
    message: 'The queues are read-only; OPS_WRITE=true lets them be steered.',
  },
  notOffered: {
    status: 403,
    key: 'ERRORS.FORBIDDEN',
    message: 'Visage does not offer this: docs/operations.md says why.',
  },
  badBody: {
    status: 400,
    key: 'ERRORS.INVALID_REQUEST_BODY',
    message: 'The body must be JSON of 64 KiB at most.',
  },
  noSuchPage: { status: 404, key: 'ERRORS.QUEUE_NOT_FOUND', message: 'There is no such page.' },
  redisAway: {
    status: 503,
    key: 'ERRORS.REDIS_UNAVAILABLE',
    message: 'Redis is away or does not answer; this works again once it does.',
  },
  broken: {
    status: 500,
    key: 'ERRORS.INTERNAL_SERVER_ERROR',
    message: 'This failed, and the log of the API says why.',
  },
} as const

type DashboardErrorName = keyof typeof dashboardErrors

class DashboardError extends Error {
  readonly answer: (typeof dashboardErrors)[DashboardErrorName]

  constructor(name: DashboardErrorName) {
    super(dashboardErrors[name].message)
    this.answer = dashboardErrors[name]
  }
}

/** `throw refusal('readOnly')` */
export const dashboardError = (name: DashboardErrorName): Error => new DashboardError(name)

/**
 * Whatever is thrown below is answered here, and tells nothing of what only the log may know.
 * @param isAway whether Redis does not answer just now
 */
export function answerDashboardErrors(isAway: () => Promise<boolean>, log: Logger): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (thrown) {
      if (thrown instanceof DashboardError) return say(ctx, thrown.answer)
      const away = await isAway()
      if (!away) log.error({ err: thrown }, 'the queue dashboard failed')
      say(ctx, away ? dashboardErrors.redisAway : dashboardErrors.broken)
    }
  }
}

/** JSON for bull-board's page, a sentence for a person. */
function say(ctx: Context, { status, key, message }: DashboardError['answer']): void {
  ctx.status = status
  ctx.body = ctx.path.includes('/api/') ? { error: { key }, message } : `${message}\n`
  ctx.type = typeof ctx.body === 'string' ? 'text' : 'json'
}
