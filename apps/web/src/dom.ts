/** Returns the element with this id. @throws if index.html has no such element */
export function byId<K extends keyof HTMLElementTagNameMap>(
  id: string,
  tag: K,
): HTMLElementTagNameMap[K]
export function byId(id: string): HTMLElement
export function byId(id: string, tag?: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found || (tag && found.localName !== tag))
    throw new Error(`index.html has no ${tag ?? 'element'} with the id ${id}`)
  return found
}

/** Creates an element with these properties and children. Strings become text nodes, never HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

/** Shows the elements of `ids` that are in `shown` and hides the others. */
export function showOnly(ids: readonly string[], shown: readonly string[]): void {
  for (const id of ids) byId(id).hidden = !shown.includes(id)
}

/** Announces a text to screen readers. The added space makes them read the same text twice. */
export function announce(text: string): void {
  const live = byId('live')
  live.textContent = live.textContent === text ? `${text}\u00a0` : text
}
