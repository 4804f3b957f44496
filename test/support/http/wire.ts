import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** TCP relay between a client and a server that can be interrupted. */
export interface Wire {
  readonly port: number
  /** Silently drops all bytes of the open connections. */
  blackhole(): void
  /** Closes the open connections. */
  cut(): void
  close(): Promise<void>
}

export async function startWire(host: string, port: number): Promise<Wire> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    const target = connect(port, host)
    for (const socket of [client, target]) keep(socket)
    client.pipe(target)
    target.pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    blackhole() {
      for (const socket of sockets) socket.unpipe().pause()
    },
    cut,
    async close() {
      server.close()
      cut()
      await once(server, 'close')
    },
  }
}
