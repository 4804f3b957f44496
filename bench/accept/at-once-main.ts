import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { recipe } from '@visage/shared/avatar/recipe'
import Koa from 'koa'
import getRawBody from 'raw-body'
import sharp from 'sharp'
import { listenAndSendPort } from '../support/forked-server.ts'
import { bucket, minio } from './clients.ts'

/** A simple server for comparison: crops, resizes and stores the picture before it answers. */
const app = new Koa()
app.use(async (ctx) => {
  const bytes = await getRawBody(ctx.req)
  const folder = `at-once/${randomUUID()}`
  for (const size of recipe.sizes) {
    const square = sharp(bytes).rotate().resize(size, size, { fit: 'cover' })
    for (const format of ['webp', 'jpeg'] as const) {
      const variant = await square.clone().toFormat(format, recipe.encoding[format]).toBuffer()
      await minio.putObject(bucket, `${folder}/${size}.${format}`, variant)
    }
  }
  ctx.body = { code: 0, msg: '' }
})
listenAndSendPort(createServer(app.callback()))
