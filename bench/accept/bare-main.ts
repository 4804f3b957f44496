import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { Queue } from 'bullmq'
import Koa from 'koa'
import getRawBody from 'raw-body'
import { listenAndSendPort } from '../support/forked-server.ts'
import { bucket, minio, prefix, redis } from './clients.ts'

/**
 * A minimal server for comparison. It makes the same three calls as Visage, or the first BENCH_CALLS of them. It has no tokens,
 * limits, revisions or retries.
 */
const calls = Number(process.env.BENCH_CALLS ?? 3)
const queue = new Queue('bare', { connection: redis(), prefix })
const app = new Koa()
app.use(async (ctx) => {
  const id = randomUUID()
  const bytes = calls > 0 ? await getRawBody(ctx.req) : Buffer.alloc(0)
  if (calls > 1) await minio.putObject(bucket, `bare/${id}`, bytes)
  if (calls > 2) await queue.add('render', { id })
  ctx.body = { code: 0, msg: '' }
})
listenAndSendPort(createServer(app.callback()))
