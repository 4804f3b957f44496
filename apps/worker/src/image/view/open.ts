import { type SourceFormat, sniff, unsupportedFormatMessage } from '@visage/shared/avatar/formats'
import { Rejection } from '@visage/shared/errors/app-error'
import { openGif } from '../gif/open.ts'
import { openAvif } from '../heif/open-avif.ts'
import { openHeic } from '../heif/open-heic.ts'
import { openJpeg } from '../jpeg/open.ts'
import type { Limits } from '../limits.ts'
import { openPng } from '../png/open.ts'
import { openWebp } from '../webp/open.ts'
import type { View } from './view.ts'

type Opener = (bytes: Buffer) => View

/** Every opener reads and rewrites headers only. It must not throw: the decoder judges what it cannot read. */
const openers: Readonly<Record<SourceFormat, Opener>> = {
  jpeg: openJpeg,
  png: openPng,
  webp: openWebp,
  gif: openGif,
  avif: openAvif,
  heic: openHeic,
}

/** Returns the picture as Chromium shows it. Decodes no pixels. */
export function openView(bytes: Buffer, format: SourceFormat): View {
  return openers[format](bytes)
}

/** @throws Rejection if the format is not accepted */
export function sniffAccepted(bytes: Buffer, { accept }: Pick<Limits, 'accept'>): SourceFormat {
  const sniffed = sniff(bytes, accept)
  if ('accepted' in sniffed) return sniffed.accepted
  throw new Rejection('unsupported_format', unsupportedFormatMessage(sniffed, accept))
}
