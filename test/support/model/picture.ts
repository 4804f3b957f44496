import {
  CENTRED,
  type Framing,
  formatFraming,
  type Gravity,
  gravities,
} from '@visage/shared/avatar/framing'
import { Rejection } from '@visage/shared/errors/app-error'
import type { Rendered } from '../../../apps/worker/src/image/rendered.ts'
import { CrashError } from '../../../apps/worker/src/renderer/renderer.ts'
import type { Task } from './task.ts'

/** Effect of a picture on its renderer. */
export const kinds = ['good', 'bad', 'poison'] as const
export type Kind = (typeof kinds)[number]

/** Recipe of all workers. */
export const RECIPE = '0123456789ab'

let pictures = 0

/** Returns unique bytes that encode their kind and framing. */
export function newPicture(kind: Kind): Buffer {
  const gravity = gravities[++pictures % gravities.length]
  return Buffer.from(`GIF89a ${pictures} ${kind} ${gravity}`)
}

export function kindOf(bytes: Buffer): Kind {
  return word(bytes, 2) as Kind
}

export function gravityOf(bytes: Buffer): Gravity {
  return word(bytes, 3) as Gravity
}

function word(bytes: Buffer, index: number): string | undefined {
  return bytes.toString().split(' ')[index]
}

const VARIANTS = [
  { size: 64, format: 'webp' },
  { size: 64, format: 'jpeg' },
] as const

export function renditions(bytes: Buffer, framing: Framing = { gravity: gravityOf(bytes) }) {
  return VARIANTS.map((variant) => ({
    ...variant,
    data: Buffer.from(`${variant.format} of ${bytes}, framed by ${formatFraming(framing)}`),
  }))
}

/** Renders in a simulated process that a poisoned picture crashes. */
export function render(task: Task, bytes: Buffer, framing: Framing = CENTRED): Rendered {
  const kind = kindOf(bytes)
  if (kind === 'bad') throw new Rejection('corrupt')
  if (kind === 'poison') {
    task.crashed = true
    throw new CrashError('the renderer ended')
  }
  return {
    variants: renditions(bytes, framing),
    source: { format: 'gif', width: 64, height: 64 },
    placeholder: '',
    color: '#000000',
    recipe: RECIPE,
  }
}
