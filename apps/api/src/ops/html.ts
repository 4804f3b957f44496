const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Escapes a value for use as text or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

/** Complete HTML. It must not be escaped again. */
class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** Builds HTML from a template. Escapes each value, except results of this function and lists of them. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Html {
  const texts = values.map((value) => [value].flat().map(htmlOf).join(''))
  return new Html(String.raw({ raw: parts }, ...texts))
}

const htmlOf = (value: unknown) => (value instanceof Html ? value.text : escapeHtml(String(value)))
