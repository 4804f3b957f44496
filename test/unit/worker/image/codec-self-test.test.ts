import { sourceFormats } from '@visage/shared/avatar/formats'
import { recipe } from '@visage/shared/avatar/recipe'
import { Rejection } from '@visage/shared/errors/app-error'
import { StartError } from '@visage/shared/lifecycle/start-error'
import { expect, test } from 'vitest'
import { testCodecs } from '../../../../apps/worker/src/image/codec-self-test.ts'
import { limits } from '../../../../apps/worker/src/image/limits.ts'
import { inspectFile } from '../../../support/pictures/inspect-file.ts'
import { renderPicture } from '../../../support/pictures/rendered.ts'

const everything = { ...limits, accept: sourceFormats }

test('there is a sample of every format that can be accepted', async () => {
  const sung: string[] = []
  await testCodecs(async (bytes) => {
    sung.push((await inspectFile(bytes, everything)).format)
    return renderPicture(bytes, everything)
  }, sourceFormats)
  expect(sung).toEqual(sourceFormats)
})

test.each(sourceFormats)('fails the start if %s cannot be opened', async (format) => {
  const singing = testCodecs(async (bytes) => {
    if ((await inspectFile(bytes, everything)).format === format) throw new Rejection('corrupt')
    return renderPicture(bytes, everything)
  }, sourceFormats)
  await expect(singing).rejects.toThrow(StartError)
  await expect(singing).rejects.toThrow(new RegExp(`cannot decode ${format};`, 'i'))
})

test('does not test formats that are not accepted', async () => {
  const singing = testCodecs(
    (bytes) => renderPicture(bytes, { ...limits, accept: ['png'] }),
    ['png'],
  )
  await expect(singing).resolves.toBeUndefined()
})

test('names the format that cannot be written', async () => {
  const broken = { ...recipe, formats: ['webp', 'jpeg', 'avif'] as const }
  const encoding = { ...recipe.encoding, avif: { quality: 999, effort: 0 } }
  const singing = testCodecs(
    (bytes) => renderPicture(bytes, limits, { ...broken, encoding }),
    ['png'],
  )
  await expect(singing).rejects.toThrow(StartError)
  await expect(singing).rejects.toThrow('cannot render PNG: Failed to encode AVIF; install')
})
