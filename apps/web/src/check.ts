import {
  SNIFF_BYTES,
  type SourceFormat,
  sniff,
  unsupportedFormatMessage,
} from '@visage/shared/avatar/formats'
import { catalogue } from '@visage/shared/errors/catalogue'

export interface Limits {
  readonly maxUploadBytes: number
  readonly accept: readonly SourceFormat[]
}

/** What the service would say of this file, in its own words, before a byte of it is sent. Undefined: nothing. */
export async function objection(
  file: Blob,
  { maxUploadBytes, accept }: Limits,
): Promise<string | undefined> {
  const head = new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer())
  const sniffed = sniff(head, accept)
  if (!('accepted' in sniffed)) return unsupportedFormatMessage(sniffed, accept)
  if (file.size <= maxUploadBytes) return undefined
  return catalogue.tooLarge.msg(sizeOf(maxUploadBytes))
}

/** As the service writes its limit. */
export const sizeOf = (limit: number): string =>
  limit % 1024 ** 2 === 0 ? `${limit / 1024 ** 2} MiB` : `${limit} bytes`
