type Test = (head: string) => boolean

const matches =
  (pattern: RegExp): Test =>
  (head) =>
    pattern.test(head)

const begins =
  (text: string): Test =>
  (head) =>
    head.startsWith(text)

/** The first characters of base64 of each format's first bytes: JPEG, PNG, GIF, RIFF (WebP) and `ftyp` (AVIF, HEIC). */
const BASE64_OF_PICTURE =
  '([/_]9j[/_]|iVBORw0KGgo|R0lGODlh|R0lGODdh|UklGR|AAAA[A-Za-z0-9+/]{2}Z0eX)'

/** What a body can be that contains a picture without being one, and what the client must do. */
const wrappings: readonly (readonly [Test, string])[] = [
  [
    matches(
      /^(\r\n)*--[^\r\n]{1,70}\r?\n([-a-z]+:[^\r\n]*\r?\n)*content-disposition:\s*form-data/i,
    ),
    'The body is multipart/form-data; send the bytes of the picture alone',
  ],
  [
    matches(/^\s*"?data:[a-z]+\/[-+.a-z0-9]+[;,]/i),
    'The body is a data URL; decode it and send the bytes of the picture',
  ],
  [
    matches(new RegExp(`^\\s*"?${BASE64_OF_PICTURE}`)),
    'The body is base64 text; decode it and send the bytes of the picture',
  ],
  [
    matches(/^(\xef\xbb\xbf)?\s*[[{]\s*["{}[\]]/),
    'The body is JSON; send the bytes of the picture alone',
  ],
  [
    begins('\x1f\x8b'),
    'The body is compressed with gzip; send the bytes of the picture as they are',
  ],
  [matches(/^\s*https?:\/\//i), 'The body is a URL; send the bytes of the picture'],
  [begins('PK\x03\x04'), 'The body is a ZIP archive; unpack it and send the picture alone'],
  [
    matches(/^(file|avatar|image|picture|data)=/i),
    'The body is a form field; send the bytes of the picture alone',
  ],
]

/**
 * Recognises the encodings in which clients wrongly send a picture.
 * @param head the first bytes of the body, one character each
 * @returns a sentence that says what arrived and what to send
 */
export function describeWrapping(head: string): string | undefined {
  return wrappings.find(([test]) => test(head))?.[1]
}
