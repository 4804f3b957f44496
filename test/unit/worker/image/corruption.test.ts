import { beforeAll, describe, expect, test } from 'vitest'
import { asRejection } from '../../../../apps/worker/src/image/corruption.ts'
import { of, scene } from '../../../support/pictures/pictures.ts'

let whole: Buffer
let cut: Buffer

beforeAll(async () => {
  whole = await of(scene(40, 30)).jpeg().toBuffer()
  cut = whole.subarray(0, whole.length - 20)
})

describe('the reason for the message of a decoder', () => {
  test.each([
    'VipsJpeg: premature end of JPEG image',
    'VipsJpeg: Corrupt JPEG data: premature end of data segment',
    'Input buffer contains unsupported image format',
    'Warning treated as error due to failOn setting',
    '',
  ])('%j: truncated where the file ends early, corrupt where it does not', (said) => {
    expect(asRejection(new Error(said), cut).reason).toBe('truncated')
    expect(asRejection(new Error(said), whole).reason).toBe('corrupt')
  })

  test('its message is kept for the log and not sent to the client', () => {
    const said = new Error('VipsJpeg: premature end of JPEG image')
    const rejection = asRejection(said, cut)
    expect(rejection.cause).toBe(said)
    expect(rejection.message).not.toContain('Vips')
  })
})
