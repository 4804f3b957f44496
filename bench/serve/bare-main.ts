import { createServer } from 'node:http'
import Koa from 'koa'
import { tellPort } from '../support/forked.ts'

/** As little as a Koa can do: the measure for what ours does on top. */
const app = new Koa()
app.use((ctx) => {
  ctx.body = 'constant'
})
tellPort(createServer(app.callback()))
