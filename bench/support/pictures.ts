import { photo } from './photo.ts'

export interface Picture {
  readonly name: string
  readonly bytes: Buffer
}

const FADE = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1250">
    <radialGradient id="fade"><stop offset=".8"/><stop offset="1" stop-opacity="0"/></radialGradient>
    <ellipse cx="800" cy="625" rx="700" ry="560" fill="url(#fade)"/>
  </svg>`,
)

/** Typical uploads: a photo from a phone, a smaller photo, and a picture with transparency. */
export async function generated(): Promise<Picture[]> {
  const phone = await photo({ width: 4000, height: 3000 })
  const small = await photo({ width: 1200, height: 900, seed: 2 })
  const cutOut = await photo({ width: 1600, height: 1250, seed: 3 })
  return [
    { name: '12 MP JPEG', bytes: await phone.jpeg({ quality: 92 }).toBuffer() },
    { name: '1 MP JPEG', bytes: await small.jpeg({ quality: 88 }).toBuffer() },
    {
      name: '2 MP PNG with alpha',
      bytes: await cutOut
        .composite([{ input: FADE, blend: 'dest-in' }])
        .png()
        .toBuffer(),
    },
  ]
}

/** A mix of sizes and formats. Most of the pictures are small. */
export async function uploadsOfADay(): Promise<Picture[]> {
  const large = await generated()
  const picture = await photo({ width: 1600, height: 1200, seed: 4 })
  const small = picture.clone().resize(800, 600)
  const tiny = picture.clone().resize(200, 200)
  return [
    ...large,
    { name: '2 MP progressive JPEG', bytes: await picture.jpeg({ progressive: true }).toBuffer() },
    { name: '2 MP WebP', bytes: await picture.webp().toBuffer() },
    { name: '0.5 MP JPEG', bytes: await small.jpeg().toBuffer() },
    { name: '0.5 MP WebP', bytes: await small.webp().toBuffer() },
    { name: '0.5 MP PNG', bytes: await small.png().toBuffer() },
    { name: '0.5 MP GIF', bytes: await small.gif().toBuffer() },
    { name: '0.04 MP JPEG', bytes: await tiny.jpeg().toBuffer() },
    { name: '0.04 MP PNG', bytes: await tiny.png().toBuffer() },
  ]
}
