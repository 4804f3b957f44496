import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import type { Question, Reply, VisitHook } from './visits.ts'

/** Connects a worker to the control socket of the test. After the test closes it, every visit continues at once. */
export async function connectGates(port: number, worker: string): Promise<VisitHook> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const waiting = new Map<number, (reply: Reply) => void>()
  let asked = 0

  const lines = createInterface({ input: socket })
  lines.on('error', () => {})
  lines.on('line', (line) => {
    const reply = JSON.parse(line) as Reply
    waiting.get(reply.id)?.(reply)
    waiting.delete(reply.id)
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    for (const [id, settle] of waiting) settle({ id })
  })

  return async (visit) => {
    if (socket.closed) return
    const question: Question = { id: ++asked, visit: { worker, ...visit } }
    const answer = new Promise<Reply>((resolve) => waiting.set(question.id, resolve))
    socket.write(`${JSON.stringify(question)}\n`)
    const { failure } = await answer
    if (failure !== undefined) throw new Error(failure)
  }
}
