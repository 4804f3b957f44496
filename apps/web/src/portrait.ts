import { byId } from './dom.ts'
import { paintFaces } from './faces.ts'
import { paintPlaceholder } from './placeholder.ts'
import type { Picture } from './service.ts'

/** The large picture, and the small ones below it: the placeholder first, then what is served. */
export async function showPortrait(picture: Picture, gravatar: string): Promise<void> {
  const { source, placeholder, color, variants } = picture
  const largest = variants.filter(({ animated }) => !animated).sort((a, b) => b.size - a.size)[0]
  const canvas = byId('placeholder', 'canvas')
  canvas.hidden = placeholder === null
  if (placeholder !== null) paintPlaceholder(canvas, placeholder)
  byId('studio').style.setProperty('--halo', color ?? 'transparent')
  const address = source === 'gravatar' ? gravatar : largest?.url
  if (!address) return showNobody()
  await showImage(
    address,
    source === 'gravatar' ? 'Your Gravatar' : 'Your picture as others see it',
  )
}

/** A picture by its address; a Gravatar that does not come leaves the place empty. */
export async function showImage(address: string, alt: string): Promise<void> {
  const image = byId('picture', 'img')
  image.alt = alt
  image.src = address
  const shown = await image.decode().then(
    () => true,
    () => false,
  )
  if (image.getAttribute('src') !== address) return
  if (!shown) return showNobody()
  byId('nobody').hidden = true
  image.hidden = false
  byId('appearances').hidden = false
  paintFaces(image, { x: 0, y: 0, side: Math.min(image.naturalWidth, image.naturalHeight) })
}

function showNobody(): void {
  const image = byId('picture', 'img')
  image.removeAttribute('src')
  image.hidden = true
  byId('nobody').hidden = false
  byId('appearances').hidden = true
}
