import type { EventEmitter } from 'node:events'
import { dieIfPoisonous } from './poison.ts'

/** Runs the built render process and kills it when it receives a poisoned picture. */
const channel: EventEmitter = process
channel.on('message', ({ bytes }: { bytes: Uint8Array }) => dieIfPoisonous(bytes))
await import('../../../apps/worker/dist/renderer/main.js')
