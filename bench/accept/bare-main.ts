import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { Queue } from 'bullmq'
import Koa from 'koa'
import getRawBody from 'raw-body'
import { tellPort } from '../support/forked.ts'
import { bucket, minio, redis } from './clients.ts'

/** The same three calls as ours, and nothing else: no token, no limit, no order, no second chance. */
const queue = new Queue('bare', { connection: redis() })
const app = new Koa()
app.use(async (ctx) => {
  const bytes = await getRawBody(ctx.req)
  const id = randomUUID()
  await minio.putObject(bucket, `bare/${id}`, bytes)
  await queue.add('render', { id })
  ctx.body = { code: 0, msg: '' }
})
tellPort(createServer(app.callback()))
