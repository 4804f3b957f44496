import type { AddressInfo } from 'node:net'
import Koa from 'koa'

/** As little as a Koa can do: the measure for what ours does on top. */
const app = new Koa()
app.use((ctx) => {
  ctx.body = 'constant'
})
const server = app.listen(0, '127.0.0.1', () =>
  process.send?.((server.address() as AddressInfo).port),
)
process.once('disconnect', () => process.exit())
