const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For text and for attributes in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (one) => ENTITIES[one] ?? one)
}

/** HTML that needs no escaping any more. */
class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** What stands in the text is HTML; what is put into it is escaped, unless it was made by this, or is a list of such. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Html {
  const texts = values.map((value) => [value].flat().map(htmlOf).join(''))
  return new Html(String.raw({ raw: parts }, ...texts))
}

const htmlOf = (value: unknown) => (value instanceof Html ? value.text : escapeHtml(String(value)))
