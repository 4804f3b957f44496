import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { repairJpeg } from '../../../../../apps/worker/src/image/jpeg/repair.ts'
import { adobe, EOI, jpegFile, segment } from '../../../../support/pictures/hostile/jpeg.ts'
import { photo } from '../../../../support/pictures/photo.ts'
import { difference, open } from '../../../../support/pictures/pictures.ts'

const SOS = 0xda
const LOOSE = Buffer.from('loose bytes')

const pixels = await photo({ format: 'png', width: 150, height: 110 })
const baseline = await sharp(pixels).jpeg().toBuffer()
const progressive = await sharp(pixels).jpeg({ progressive: true }).toBuffer()
const restarts = stripes(1)

/** Flat blocks, a restart marker after each row. */
function stripes(components: number, segments: readonly Buffer[] = []): Buffer {
  const ids = Array.from({ length: components }, (_, i) => i + 1)
  const paint = (column: number, row: number) => ids.map((id) => (id * column * 7 + row * 20) % 256)
  return jpegFile({ width: 160, height: 120, components: ids, paint, restart: 20, segments })
}

/** Positions of a marker. */
function find(bytes: Buffer, code: number): number[] {
  const found: number[] = []
  const marker = Buffer.from([0xff, code])
  for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + 2)) found.push(at)
  return found
}

function insert(bytes: Buffer, at: number | undefined, ...extra: readonly Buffer[]): Buffer {
  return Buffer.concat([bytes.subarray(0, at), ...extra, bytes.subarray(at)])
}

function remove(bytes: Buffer, from = 0, to = bytes.length): Buffer {
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
}

function change(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[at] = value
  return changed
}

const withoutEnd = (bytes: Buffer) => bytes.subarray(0, -EOI.length)
const allRestarts = (bytes: Buffer) =>
  [0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) => find(bytes, 0xd0 + n))
const insertAtEach = (bytes: Buffer, positions: number[], extra: Buffer) =>
  positions.sort((a, b) => b - a).reduce((file, at) => insert(file, at, extra), bytes)

/** Samsung: the last of the spectral parameters of the scan. */
const spectralEnd = (bytes: Buffer) => {
  const [at = 0] = find(bytes, SOS)
  return at + 2 + bytes.readUInt16BE(at + 2) - 2
}

const strict = (bytes: Buffer) => sharp(bytes, { failOn: 'warning' }).raw().toBuffer()

describe('a fault that costs no pixel is removed:', () => {
  test.each<[string, Buffer, Buffer]>([
    ['bytes between segments', baseline, insert(baseline, find(baseline, 0xdb)[1], LOOSE)],
    ['bytes between scans', progressive, insert(progressive, find(progressive, SOS)[3], LOOSE)],
    [
      'bytes before restart markers',
      restarts,
      insertAtEach(restarts, allRestarts(restarts), LOOSE),
    ],
    [
      'bytes before one restart marker',
      restarts,
      insert(restarts, allRestarts(restarts)[4], LOOSE),
    ],
    [
      'zeros before restart markers',
      restarts,
      insertAtEach(restarts, allRestarts(restarts), Buffer.alloc(9)),
    ],
    [
      'a restart marker between segments',
      baseline,
      insert(baseline, find(baseline, 0xdb)[1], LOOSE, Buffer.from([0xff, 0xd3])),
    ],
    [
      'a restart marker with a far number',
      restarts,
      change(restarts, (find(restarts, 0xd1)[0] ?? 0) + 1, 0xd5),
    ],
    [
      'a spectral end of 0 in a sequential scan',
      baseline,
      change(baseline, spectralEnd(baseline), 0),
    ],
    [
      'an approximation in a sequential scan',
      baseline,
      change(baseline, spectralEnd(baseline) + 1, 0x21),
    ],
    ['an unknown Adobe code of three components', stripes(3), stripes(3, [adobe(2)])],
    ['an unknown Adobe code of four components', stripes(4, [adobe(2)]), stripes(4, [adobe(1)])],
    [
      'an unknown version of JFIF',
      stripes(3),
      stripes(3, [segment(0xe0, Buffer.from('JFIF\0'), [9, 2, 0, 0, 1, 0, 1, 0, 0])]),
    ],
    ['a missing end marker', baseline, withoutEnd(baseline)],
    ['a missing end marker of a progressive picture', progressive, withoutEnd(progressive)],
    ['half an end marker', baseline, baseline.subarray(0, -1)],
  ])('%s', async (_, whole, faulty) => {
    const repaired = repairJpeg(faulty)
    expect(repaired).toBeDefined()
    await expect(strict(repaired as Buffer)).resolves.toBeDefined()
    expect(difference(await open(repaired as Buffer), await open(whole))).toBe(0)
  })
})

test.each([
  ['baseline', baseline],
  ['progressive', progressive],
  ['of four components', stripes(4, [adobe(2)])],
])('a sound picture keeps its data: %s', (_, file) => {
  const repaired = repairJpeg(file)
  const data = file.subarray(find(file, SOS)[0])
  expect(repaired?.subarray(repaired.length - data.length).equals(data)).toBe(true)
})

describe('a picture that lacks pixels is not repaired:', () => {
  const [first = 0, second = 0, third = 0] = allRestarts(restarts).sort((a, b) => a - b)
  test.each<[string, Buffer]>([
    ['the last rows are missing', baseline.subarray(0, -100)],
    ['the last bytes are missing', baseline.subarray(0, -6)],
    [
      'the last bytes are missing before the end marker',
      remove(baseline, baseline.length - 8, baseline.length - 2),
    ],
    ['the last scan is missing', progressive.subarray(0, find(progressive, SOS).at(-1))],
    [
      'a scan in the middle is missing',
      remove(progressive, find(progressive, SOS)[4], find(progressive, SOS)[5]),
    ],
    ['the last scan is cut', progressive.subarray(0, -30)],
    ['an interval is missing', remove(restarts, first, second)],
    ['a restart marker is missing', remove(restarts, second, second + 2)],
    ['half an interval is missing', remove(restarts, second + 10, third - 5)],
    ['there is no scan', baseline.subarray(0, find(baseline, SOS)[0])],
    ['there is no frame', Buffer.from([0xff, 0xd8, 0xff, 0xd9])],
    ['nothing', Buffer.alloc(0)],
  ])('%s', (_, file) => {
    expect(repairJpeg(file)).toBeUndefined()
  })
})

test('arithmetic coding is not repaired', () => {
  const [frame = 0] = find(baseline, 0xc0)
  expect(repairJpeg(change(baseline, frame + 1, 0xc9))).toBeUndefined()
})

test('the repair of damaged files does not throw', () => {
  let seed = 1
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  for (const file of [baseline, progressive, restarts])
    for (let i = 0; i < 150; i++) {
      const damaged = Buffer.from(file)
      for (let n = random(4); n >= 0; n--)
        damaged[random(i < 100 ? 700 : file.length)] = random(256)
      expect(() => repairJpeg(damaged.subarray(0, random(file.length * 2)))).not.toThrow()
    }
})
