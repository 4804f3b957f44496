import { byId } from './dom.ts'
import { paintPlaceholder } from './placeholder.ts'
import { paintPreviews } from './previews.ts'
import type { Picture } from './service.ts'

/** Shows the current picture and its previews: first the placeholder, then the served image. */
export async function showPortrait(picture: Picture, gravatar: string): Promise<void> {
  const { source, placeholder, color, variants } = picture
  const largest = variants.filter(({ animated }) => !animated).sort((a, b) => b.size - a.size)[0]
  const canvas = byId('placeholder', 'canvas')
  canvas.hidden = placeholder === null
  if (placeholder !== null) paintPlaceholder(canvas, placeholder)
  byId('studio').style.setProperty('--halo', color ?? 'transparent')
  const address = source === 'gravatar' ? gravatar : largest?.url
  if (!address) return showEmpty()
  await showImage(
    address,
    source === 'gravatar' ? 'Your Gravatar' : 'Your picture as other people see it',
  )
}

/** Shows the image at `address`, or the empty portrait if the image does not load. */
export async function showImage(address: string, alt: string): Promise<void> {
  const image = byId('picture', 'img')
  image.alt = alt
  image.src = address
  const loaded = await image.decode().then(
    () => true,
    () => false,
  )
  if (image.getAttribute('src') !== address) return
  if (!loaded) return showEmpty()
  byId('nobody').hidden = true
  image.hidden = false
  byId('appearances').hidden = false
  paintPreviews(image, { x: 0, y: 0, side: Math.min(image.naturalWidth, image.naturalHeight) })
}

function showEmpty(): void {
  const image = byId('picture', 'img')
  image.removeAttribute('src')
  image.hidden = true
  byId('nobody').hidden = false
  byId('appearances').hidden = true
}
