import { jpegSegment, withChunk, withComment, withSegments } from '../headers.ts'
import { flat, of } from '../pictures.ts'
import type { Bomb } from './bombs.ts'

/** Content that another program would run, fetch or unpack. No variant may contain it. */
export const SCRIPTS = {
  SVG: '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="file:///etc/hostname"/></svg>',
  XML: '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>',
  'ImageMagick drawing':
    'push graphic-context\nviewbox 0 0 64 64\nimage over 0,0 64,64 \'https://127.0.0.1:1/x"|id"\'\npop graphic-context',
  'ImageMagick script':
    '<?xml version="1.0"?><image><read filename="file:///etc/hostname"/></image>',
  PostScript:
    '%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n(/etc/hostname) (r) file\nshowpage',
  HTML: '<html><script>alert(document.domain)</script></html>',
  PHP: '<?php system($_GET["c"]); __halt_compiler();',
  ZIP: `PK\x03\x04\x14\0\0\0\0\0${'\0'.repeat(16)}\x05\0\0\0shellPK\x05\x06${'\0'.repeat(18)}`,
  'shell script': '#!/bin/sh\nid\n',
} as const

const MAGIC = {
  JPEG: '\xff\xd8\xff\xe0',
  PNG: '\x89PNG\r\n\x1a\n',
  WebP: 'RIFF\x40\0\0\0WEBP',
  GIF: 'GIF89a',
} as const

const pairs = <V, W>(these: Readonly<Record<string, V>>, those: Readonly<Record<string, W>>) =>
  Object.entries(these).flatMap(([name, value]) =>
    Object.entries(those).map(([other, more]) => ({ name, value, other, more })),
  )

/** Files of which only the first bytes are a picture. */
export const disguised: readonly Bomb[] = pairs(SCRIPTS, MAGIC).map(
  ({ name, value, other, more }) => ({
    name: `${name} behind the first bytes of a ${other}`,
    make: () => Buffer.from(more + value, 'latin1'),
    outcomes: ['corrupt', 'truncated'],
  }),
)

export const undisguised: readonly Bomb[] = Object.entries(SCRIPTS).map(([name, text]) => ({
  name,
  make: () => Buffer.from(text, 'latin1'),
  outcomes: ['unsupported_format'],
}))

const picture = () => of(flat(64, 64, [220, 40, 40]))

/** Complete pictures with a script in a field for arbitrary data. */
export const carriers: readonly Bomb[] = pairs(SCRIPTS, {
  'a JPEG’s end': async (text: string) => behind(await picture().jpeg().toBuffer(), text),
  'a PNG’s end': async (text: string) => behind(await picture().png().toBuffer(), text),
  'a WebP’s end': async (text: string) => behind(await picture().webp().toBuffer(), text),
  'a GIF’s end': async (text: string) => behind(await picture().gif().toBuffer(), text),
  'a JPEG’s comment': async (text: string) =>
    withSegments(await picture().jpeg().toBuffer(), jpegSegment(0xfe, text)),
  'a PNG’s text': async (text: string) =>
    withChunk(await picture().png().toBuffer(), 'tEXt', `Comment\0${text}`),
  'a GIF’s comment': async (text: string) => withComment(await picture().gif().toBuffer(), text),
}).map(({ name, value, other, more }) => ({
  name: `${name} in ${other}`,
  make: () => more(value),
  outcomes: ['ready'],
}))

const behind = (bytes: Buffer, text: string) => Buffer.concat([bytes, Buffer.from(text, 'latin1')])
