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
const rendered = sourceFormats.filter((format) => format !== 'heic')

test('renders a sample of every format that can be accepted, except HEIC', async () => {
  const formats: string[] = []
  await testCodecs(async (bytes) => {
    formats.push((await inspectFile(bytes, everything)).format)
    return renderPicture(bytes, everything)
  }, sourceFormats)
  expect(formats).toEqual(rendered)
})

test.each(rendered)('fails the start if %s cannot be opened', async (format) => {
  const started = testCodecs(async (bytes) => {
    if ((await inspectFile(bytes, everything)).format === format) throw new Rejection('corrupt')
    return renderPicture(bytes, everything)
  }, sourceFormats)
  await expect(started).rejects.toThrow(StartError)
  await expect(started).rejects.toThrow(new RegExp(`cannot decode ${format};`, 'i'))
})

test('renders nothing to test HEIC, which would stay in memory', async () => {
  const fails = () => Promise.reject(new Error('a picture was rendered'))
  await expect(testCodecs(fails, ['heic'])).resolves.toBeUndefined()
})

test('does not test formats that are not accepted', async () => {
  const started = testCodecs(
    (bytes) => renderPicture(bytes, { ...limits, accept: ['png'] }),
    ['png'],
  )
  await expect(started).resolves.toBeUndefined()
})

test('names the format that cannot be written', async () => {
  const broken = { ...recipe, formats: ['webp', 'jpeg', 'avif'] as const }
  const encoding = { ...recipe.encoding, avif: { quality: 999, effort: 0 } }
  const started = testCodecs(
    (bytes) => renderPicture(bytes, limits, { ...broken, encoding }),
    ['png'],
  )
  await expect(started).rejects.toThrow(StartError)
  await expect(started).rejects.toThrow('cannot render PNG: Failed to encode AVIF; install')
})
