import { deflateSync } from 'node:zlib'
import { spaces } from '../colour.ts'
import { jpegSegment, withSegments } from '../headers.ts'
import { rgbProfile } from '../icc.ts'
import { of, scene } from '../pictures.ts'
import { gifFrame, gifHead, subBlocks, TRAILER } from './gif.ts'
import { pngChunk, pngData, pngFile } from './png.ts'
import { extendedHeader, FLAGS, riffChunk, riffChunks, webpFile } from './webp.ts'

/** Marker in every metadata field of a file, plain or deflated. */
export const SECRET = 'a-private-secret'

const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`
const ICC = rgbProfile(spaces.displayP3)
const size = { width: 96, height: 96 }
const picture = () => of(scene(96, 96))

/** EXIF with owner, location and preview, as cameras write it. */
async function exif(): Promise<Buffer> {
  const jpeg = await picture()
    .withExif({
      IFD0: { Artist: SECRET, Software: SECRET },
      IFD2: { BodySerialNumber: SECRET, UserComment: SECRET },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSAreaInformation: SECRET },
    })
    .jpeg()
    .toBuffer()
  const start = jpeg.indexOf('Exif\0\0')
  return jpeg.subarray(start + 6, start - 2 + jpeg.readUInt16BE(start - 2))
}

/** Photoshop's resource 0x0404: IPTC with a by-line. */
const IPTC = Buffer.concat([
  Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x15\x1c\x02\x50\0\x10', 'latin1'),
  Buffer.from(`${SECRET}\0`),
])

async function jpeg(): Promise<Buffer> {
  const thumbnail = await picture()
    .resize(16)
    .withExif({ IFD0: { Artist: SECRET } })
    .jpeg()
    .toBuffer()
  return withSegments(
    await picture().jpeg().toBuffer(),
    jpegSegment(0xe0, Buffer.concat([Buffer.from('JFXX\0\x10'), thumbnail])),
    jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), await exif()])),
    jpegSegment(0xe1, `http://ns.adobe.com/xap/1.0/\0${XMP}`),
    jpegSegment(0xe1, `http://ns.adobe.com/xmp/extension/\0${XMP}`),
    jpegSegment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01'), ICC])),
    jpegSegment(0xe2, `MPF\0${SECRET}`),
    jpegSegment(0xeb, `JP\0\x01${SECRET}`),
    jpegSegment(0xed, IPTC),
    jpegSegment(0xe7, SECRET),
    jpegSegment(0xfe, SECRET),
  )
}

async function png(): Promise<Buffer> {
  const text = (type: string, head: string, body: string) =>
    pngChunk(type, Buffer.from(`${head}${body}`, 'latin1'))
  const deflated = (type: string, head: string, body: Buffer | string) =>
    pngChunk(type, Buffer.concat([Buffer.from(head, 'latin1'), deflateSync(body)]))
  const raster = scene(96, 96)
  const pixels = pngData(size, (x, y) => [
    ...raster.data.subarray((y * 96 + x) * 3, (y * 96 + x) * 3 + 3),
  ])
  return pngFile(
    size,
    deflated('iCCP', 'profile\0\0', ICC),
    pngChunk('eXIf', await exif()),
    pngChunk('pHYs', Buffer.from([0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1])),
    pngChunk('tIME', Buffer.from([7, 0xea, 1, 2, 3, 4, 5])),
    text('tEXt', 'Author\0', SECRET),
    deflated('zTXt', 'Raw profile type iptc\0\0', SECRET),
    text('iTXt', 'XML:com.adobe.xmp\0\0\0\0\0', XMP),
    text('caBX', '', SECRET),
    text('prVt', '', SECRET),
    pixels,
    text('tEXt', 'Comment\0', SECRET),
  )
}

async function webp(): Promise<Buffer> {
  const image = riffChunks(await picture().webp({ lossless: true }).toBuffer())
  return webpFile(
    extendedHeader(96, 96, FLAGS.icc | FLAGS.exif | FLAGS.xmp),
    riffChunk('ICCP', ICC),
    ...image.map(({ name, data }) => riffChunk(name, data)),
    riffChunk('EXIF', await exif()),
    riffChunk('XMP ', Buffer.from(XMP)),
    riffChunk('priv', Buffer.from(SECRET)),
  )
}

/** Application extension: its name of 11 bytes, then its data. */
const application = (name: string, data: Buffer | string) =>
  Buffer.concat([
    Buffer.from(`\x21\xff\x0b${name}`, 'latin1'),
    subBlocks(Buffer.from(data as string)),
  ])

async function gif(): Promise<Buffer> {
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe]), subBlocks(Buffer.from(SECRET))])
  return Buffer.concat([
    gifHead(96, 96),
    application('NETSCAPE2.0', Buffer.from([1, 0, 0])),
    application('XMP DataXMP', XMP),
    application('ICCRGBG1012', ICC),
    application('privatedata', SECRET),
    comment,
    gifFrame(size),
    TRAILER,
  ])
}

/** Picture of each format with every kind of metadata and bytes after its end. */
export const laden: Readonly<Record<string, () => Promise<Buffer>>> = Object.fromEntries(
  Object.entries({ JPEG: jpeg, PNG: png, WebP: webp, GIF: gif }).map(([name, make]) => [
    name,
    async () => Buffer.concat([await make(), Buffer.from(SECRET), await jpeg()]),
  ]),
)
