import { createServer } from 'node:http'
import Koa from 'koa'
import { listenAndSendPort } from '../support/forked-server.ts'

/** A minimal Koa server, as the baseline for the API. */
const app = new Koa()
app.use((ctx) => {
  ctx.body = 'constant'
})
listenAndSendPort(createServer(app.callback()))
