import { byId, make } from './dom.ts'
import type { Picture, Variant } from './service.ts'
import { copy } from './session.ts'
import { formatBytes } from './words.ts'

const labels: Readonly<Record<string, string>> = {
  webp: 'WebP',
  jpeg: 'JPEG',
  avif: 'AVIF',
  png: 'PNG',
}

/** Lists every variant with its size, format, bytes and address. */
export function showVariants({ variants }: Picture): void {
  const sides = new Set(variants.map(({ size }) => size))
  byId('sizes-about').textContent =
    `${variants.length} files in ${sides.size} sizes. Their addresses never change, so browsers can cache them forever.`
  byId('variants').replaceChildren(...variants.map(row))
}

function row(variant: Variant): HTMLElement {
  const { size, format, url, bytes: weight, animated } = variant
  const address = new URL(url, location.href).href
  const kind = `${labels[format] ?? format}${animated ? ', animated' : ''}`
  const button = make('button', { type: 'button', className: 'text-button', textContent: 'Copy' })
  button.setAttribute('aria-label', `Copy the address of ${size} pixels as ${kind}`)
  button.addEventListener('click', () => copy(address, button))
  const image = make('img', { src: url, alt: '', width: 44, height: 44, loading: 'lazy' })
  return make(
    'li',
    {},
    image,
    make('span', { className: 'variant-size figures' }, `${size}`, make('span', {}, ' px')),
    make('span', { className: 'variant-kind' }, kind),
    make('span', { className: 'variant-weight figures' }, formatBytes(weight)),
    make('a', { href: url, className: 'variant-address', textContent: url }),
    button,
  )
}
