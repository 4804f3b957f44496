import { sniff, sourceFormats, unsupportedFormatMessage } from '@visage/shared/avatar/formats'
import { describe, expect, test } from 'vitest'

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const JPEG = '\xff\xd8\xff\xe0\0\x10JFIF'
const PNG = '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'
const base64 = (text: string) => latin1(text).toString('base64')

const messageFor = (text: string): string => {
  const sniffed = sniff(latin1(text), sourceFormats)
  if ('accepted' in sniffed) throw new Error('this text is accepted')
  return unsupportedFormatMessage(sniffed, ['jpeg', 'png'])
}

describe('a body that contains a picture without being one', () => {
  test.each([
    [`--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n${JPEG}`, 'multipart/form-data'],
    [
      `----b\r\nContent-Type: image/png\r\nContent-Disposition: form-data\r\n\r\n${PNG}`,
      'multipart/form-data',
    ],
    [`data:image/png;base64,${base64(PNG)}`, 'a data URL'],
    [`"data:image/svg+xml,<svg/>"`, 'a data URL'],
    [base64(JPEG), 'base64 text'],
    [base64(PNG), 'base64 text'],
    [base64('GIF89a'), 'base64 text'],
    [base64('RIFF\x10\0\0\0WEBP'), 'base64 text'],
    [base64('\0\0\0\x1cftypheic'), 'base64 text'],
    [`\n${base64(JPEG)}`, 'base64 text'],
    [`{"image":"${base64(PNG)}"}`, 'JSON'],
    ['{\n  "avatar": null\n}', 'JSON'],
    ['[{"a":1}]', 'JSON'],
    ['{}', 'JSON'],
    ['\x1f\x8b\x08\0\0\0\0\0', 'gzip'],
    ['PK\x03\x04\x14\0', 'a ZIP archive'],
    [`avatar=${base64(PNG)}`, 'a form field'],
    ['https://example.org/me.png', 'a URL'],
  ])('%j: the message names it', (text, name) => {
    expect(messageFor(text)).toMatch(new RegExp(`^The body is .*${name}.*; .*picture`))
  })
})

test.each([
  ['zebra stripes', 'This is not a picture that can be read'],
  ['--- a text with dashes', 'This is not a picture that can be read'],
  ['data are what we send', 'This is not a picture that can be read'],
  ['[section]\nkey=value', 'This is not a picture that can be read'],
  ['<!doctype html><title>x</title>', 'HTML is not accepted'],
  ['II*\0\x10\0\0\0CR\x02\0', 'A RAW photo is not accepted'],
  ['\0\0\0\x18ftypcrx \0\0\0\x01', 'A RAW photo is not accepted'],
  ['FUJIFILMCCD-RAW 0201', 'A RAW photo is not accepted'],
  ['RIFF\x10\0\0\0AVI LIST', 'A video is not accepted'],
  ['\0\0\0\x18ftypisom\0\0\x02\0', 'A video is not accepted'],
])('%j: %s, and the message lists the accepted formats', (text, problem) => {
  expect(messageFor(text)).toBe(`${problem}; send JPEG or PNG`)
})
