import type { EventEmitter } from 'node:events'
import { dieIfPoisonous } from './poison.ts'

/** A render process as built, with a decoder that poison crashes. */
const channel: EventEmitter = process
channel.on('message', ({ bytes }: { bytes: Uint8Array }) => dieIfPoisonous(bytes))
await import('../../../apps/worker/dist/renderer/main.js')
