import sharp from 'sharp'
import { afterAll } from 'vitest'

/** Lets the files after this one open everything again: `prepareEngine` limits libvips in the whole process. */
export function restoreLoadersAfterwards(): void {
  afterAll(() => sharp.unblock({ operation: ['VipsForeignLoad'] }))
}
