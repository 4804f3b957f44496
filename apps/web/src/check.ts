import {
  SNIFF_BYTES,
  type SourceFormat,
  sniff,
  unsupportedFormatMessage,
} from '@visage/shared/avatar/formats'
import { catalogue } from '@visage/shared/errors/catalogue'

export interface UploadLimits {
  readonly maxUploadBytes: number
  readonly maxPixels: number
  readonly accept: readonly SourceFormat[]
}

/**
 * Checks a file before the upload starts.
 * @returns the message with which the service would reject the file; undefined if the format and size are accepted
 */
export async function checkFile(
  file: Blob,
  { maxUploadBytes, accept }: Omit<UploadLimits, 'maxPixels'>,
): Promise<string | undefined> {
  const head = new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer())
  if (file.size === 0) return 'This file is empty; choose another one'
  const sniffed = sniff(head, accept)
  if (!('accepted' in sniffed)) return unsupportedFormatMessage(sniffed, accept)
  if (file.size <= maxUploadBytes) return undefined
  return catalogue.tooLarge.msg(formatLimit(maxUploadBytes))
}

/** Tells whether the file is a HEIC picture. */
export async function isHeic(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer())
  const sniffed = sniff(head, ['heic'])
  return 'accepted' in sniffed
}

/** Formats a limit in the same way as the service. */
export const formatLimit = (limit: number): string =>
  limit % 1024 ** 2 === 0 ? `${limit / 1024 ** 2} MiB` : `${limit} bytes`
