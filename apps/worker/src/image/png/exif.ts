const ORIENTATION = 0x0112
const SHORT = 3
const ENTRY_BYTES = 12

/**
 * Reads the orientation of an eXIf chunk (PNG, section 11.3.4.2; Exif 2.32, section 4.6.4).
 * @returns 1 unless the first directory has exactly one orientation, as a SHORT. Chromium reads no other type.
 */
export function readExifOrientation(tiff: Buffer): number {
  const order = tiff.toString('latin1', 0, 4)
  const little = order === 'II*\0'
  if (tiff.length < 8 || !(little || order === 'MM\0*')) return 1
  const word = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const long = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at))
  const directory = long(4)
  if (directory + 2 > tiff.length) return 1
  const end = Math.min(directory + 2 + ENTRY_BYTES * word(directory), tiff.length)
  for (let at = directory + 2; at + ENTRY_BYTES <= end; at += ENTRY_BYTES) {
    if (word(at) !== ORIENTATION) continue
    const orientation = word(at + 2) === SHORT && long(at + 4) === 1 ? word(at + 8) : 1
    return orientation >= 1 && orientation <= 8 ? orientation : 1
  }
  return 1
}
