import { findJobs } from '@visage/shared/queue/find-jobs'
import type { Middleware } from 'koa'
import type { Queues } from '../board/board.ts'
import { jobAddress, jobSearchPage, jobSearchStyle } from './page.ts'

/** Characters of the search term that are used: more than the longest user id. */
const MAX_TERM_LENGTH = 300

/**
 * Answers `/find?q=` with the jobs of an upload id, a user id or a correlation id. Redirects to the job if exactly one
 * matches. bull-board can filter queues but cannot find a job.
 */
export function jobSearch(path: string): Middleware {
  return async (ctx) => {
    const term = `${[ctx.query.q].flat()[0] ?? ''}`.trim().slice(0, MAX_TERM_LENGTH)
    const found = term === '' ? undefined : await findJobs(ctx.state.queues as Queues, term)
    const [only, ...more] = found?.jobs ?? []
    if (only && more.length === 0) return ctx.redirect(jobAddress(path, only))
    ctx.type = 'html'
    ctx.body = jobSearchPage(path, term, found)
  }
}

export const jobSearchStyles: Middleware = (ctx) => {
  ctx.type = 'css'
  ctx.body = jobSearchStyle
}
