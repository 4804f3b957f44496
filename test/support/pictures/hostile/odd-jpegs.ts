import { adobe, type Coded, jpegFile, SOI, segment } from './jpeg.ts'
import { GREY, type Odd, RED } from './odd.ts'

const grey: Coded = { width: 64, height: 64, paint: () => [GREY[0]] }
const red: Coded = { ...grey, paint: () => RED, components: [1, 2, 3] }
/** T.871, section 7 */
const yccRed: Coded = { ...red, paint: () => [94, 97, 218] }
const whole = jpegFile({ ...grey, restart: 4 })
const RESTART_1 = Buffer.from([0xff, 0xd1])

function withBytes(file: Buffer, at: number, bytes: readonly number[]): Buffer {
  const changed = Buffer.from(file)
  changed.set(bytes, at)
  return changed
}

/** Arithmetic coding (T.81, annex D), sequential and progressive: 16 by 16 pixels of red, as base64. */
const ARITHMETIC = {
  sequential:
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/yQARCAAQABADASIAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIRAxEAPwD/ALkdeoExZv/Z',
  progressive:
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/ygARCAAQABADASIAAhEBAxEB/8wABgAQARD/2gAMAwEAAhADEAAAAf8AcsZaXcP/zAAEEAX/2gAIAQEAAQUCwP/MAAQRBf/aAAgBAwEBPwHA/8wABBEF/9oACAECAQE/AcD/zAAEEAX/2gAIAQEABj8CwP/MAAQQBf/aAAgBAQABPyHA/9oADAMBAAIAAwAAABD2/8wABBEF/9oACAEDAQE/EMD/zAAEEQX/2gAIAQIBAT8QwP/MAAQQBf/aAAgBAQABPxDA/9k=',
}

/** Unusual but valid JPEGs. */
export const soundJpegs: readonly Odd[] = [
  { name: 'grey', make: () => jpegFile(grey), shows: GREY },
  { name: 'one pixel', make: () => jpegFile({ ...grey, width: 1, height: 1 }), shows: GREY },
  { name: 'extended sequential', make: () => jpegFile({ ...grey, type: 0xc1 }), shows: GREY },
  ...Object.entries(ARITHMETIC).map(([name, base64]) => ({
    name: `arithmetic coding, ${name}`,
    make: () => Buffer.from(base64, 'base64'),
    shows: RED,
  })),
  ...[1, 3, 8, 64].map((every) => ({
    name: `a restart marker after each ${every} blocks`,
    make: () => jpegFile({ ...grey, restart: every }),
    shows: GREY,
  })),
  {
    name: 'RGB by its ids',
    make: () => jpegFile({ ...red, components: [82, 71, 66] }),
    shows: RED,
  },
  { name: 'RGB by Adobe', make: () => jpegFile({ ...red, segments: [adobe(0)] }), shows: RED },
  { name: 'YCbCr by Adobe', make: () => jpegFile({ ...yccRed, segments: [adobe(1)] }), shows: RED },
  {
    name: 'YCbCr, ids from 0',
    make: () => jpegFile({ ...yccRed, components: [0, 1, 2] }),
    shows: RED,
  },
  {
    name: 'YCbCr, ids of no standard',
    make: () => jpegFile({ ...yccRed, components: [34, 35, 36] }),
    shows: RED,
  },
  { name: 'no end', make: () => whole.subarray(0, -2), shows: GREY },
  {
    // libjpeg takes a restart marker for the expected one if their numbers are at least 3 apart.
    name: 'a restart marker of a far number',
    make: () => withBytes(whole, whole.indexOf(RESTART_1), [0xff, 0xd5]),
    shows: GREY,
  },
  { name: 'a second picture behind it', make: () => Buffer.concat([whole, whole]), shows: GREY },
  {
    name: 'fill bytes before its markers',
    make: () => Buffer.concat([SOI, Buffer.alloc(5, 0xff), whole.subarray(2)]),
    shows: GREY,
  },
  {
    name: 'a megabyte of segments',
    make: () =>
      jpegFile({ ...grey, segments: Array(16).fill(segment(0xe5, Buffer.alloc(65_533))) }),
    shows: GREY,
  },
  {
    name: 'an Adobe segment cut short',
    make: () => jpegFile({ ...grey, segments: [segment(0xee, Buffer.from('Adobe'))] }),
    shows: GREY,
  },
  {
    name: 'EXIF cut short',
    make: () => jpegFile({ ...grey, segments: [segment(0xe1, Buffer.from('Exif\0\0MM'))] }),
    shows: GREY,
  },
  {
    name: 'a profile of which parts are missing',
    make: () =>
      jpegFile({ ...grey, segments: [segment(0xe2, Buffer.from('ICC_PROFILE\0\x02\x03none'))] }),
    shows: GREY,
  },
]
