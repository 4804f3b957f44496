import { findJobs } from '@visage/shared/queue/find-jobs'
import type { Middleware } from 'koa'
import type { Queues } from '../board/board.ts'
import { jobAddress, jobSearchPage, jobSearchStyle } from './page.ts'

/** More than the longest user id. */
const MOST = 300

/**
 * `/find?q=`: the jobs of an upload id, a user or a correlation id; where it is one job, that job.
 * bull-board itself can filter queues, but not find a job.
 */
export function jobSearch(path: string): Middleware {
  return async (ctx) => {
    const words = `${[ctx.query.q].flat()[0] ?? ''}`.trim().slice(0, MOST)
    const found = words === '' ? undefined : await findJobs(ctx.state.queues as Queues, words)
    const [only, ...more] = found?.jobs ?? []
    if (only && more.length === 0) return ctx.redirect(jobAddress(path, only))
    ctx.type = 'html'
    ctx.body = jobSearchPage(path, words, found)
  }
}

export const jobSearchStyles: Middleware = (ctx) => {
  ctx.type = 'css'
  ctx.body = jobSearchStyle
}
