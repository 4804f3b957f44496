/** The one element of the page that has this id. @throws where index.html has none such */
export function byId<K extends keyof HTMLElementTagNameMap>(
  id: string,
  tag: K,
): HTMLElementTagNameMap[K]
export function byId(id: string): HTMLElement
export function byId(id: string, tag?: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found || (tag && found.localName !== tag)) throw new Error(`no ${tag ?? 'element'} #${id}`)
  return found
}

/** A new element with these properties and children; text goes in as text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

/** Shows those of these ids that are named, and hides the rest. */
export function showOnly(ids: readonly string[], shown: readonly string[]): void {
  for (const id of ids) byId(id).hidden = !shown.includes(id)
}

/** Tells a screen reader, politely. The same words twice are told twice. */
export function announce(text: string): void {
  const live = byId('live')
  live.textContent = live.textContent === text ? `${text}\u00a0` : text
}
