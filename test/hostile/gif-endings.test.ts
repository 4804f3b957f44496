import { recipe } from '@visage/shared/avatar/recipe'
import { expect, test } from 'vitest'
import { limits } from '../../apps/worker/src/image/limits.ts'
import { render } from '../../apps/worker/src/image/render.ts'
import { gifFile, gifFrame, subBlocks } from '../support/pictures/hostile/gif.ts'

const frame = gifFrame({ width: 12, height: 12 })
const comment = Buffer.concat([Buffer.from([0x21, 0xfe]), subBlocks(Buffer.from('the end'))])
const application = Buffer.concat([
  Buffer.from('\x21\xff\x0bprivatedata', 'latin1'),
  subBlocks(comment),
])
const control = Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0])

/** libnsgif, once it has seen a block that is no frame, looks for one more frame behind the trailer. */
test.each([
  ['a comment', [frame, comment]],
  ['a comment after several frames', [frame, frame, comment]],
  ['an application’s block', [frame, application]],
  ['a control that nothing follows', [frame, control]],
])('a GIF that ends with %s is complete, with any bytes after its end', async (_, blocks) => {
  const whole = gifFile(12, 12, ...blocks)
  for (const behind of [
    '',
    '\0',
    '\0'.repeat(100),
    'bytes behind the end',
    '\x21\xfe\x2c'.repeat(9),
  ]) {
    const { source } = await render(
      Buffer.concat([whole, Buffer.from(behind, 'latin1')]),
      recipe,
      limits,
    )
    expect(source).toMatchObject({ format: 'gif', width: 12, height: 12 })
  }
})
