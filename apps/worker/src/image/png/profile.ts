import { deflateSync } from 'node:zlib'
import { PNG_SIGNATURE, writeChunk } from './chunks.ts'

const AFTER_IHDR = PNG_SIGNATURE.length + 25

/** Embeds an ICC profile in a PNG that has no colour chunk. PNG, section 11.3.3.3: before the pixels. */
export function withProfile(png: Buffer, profile: Buffer): Buffer {
  const data = Buffer.concat([Buffer.from('ICC\0\0', 'latin1'), deflateSync(profile)])
  return Buffer.concat([
    png.subarray(0, AFTER_IHDR),
    writeChunk('iCCP', data),
    png.subarray(AFTER_IHDR),
  ])
}
