import '../../../apps/worker/dist/image/apart-main.js'
import type { EventEmitter } from 'node:events'
import { dieIfPoisonous } from './poison.ts'

/** The process that renders one picture apart, with a decoder that poison crashes. */
const channel: EventEmitter = process
channel.prependOnceListener('message', dieIfPoisonous)
