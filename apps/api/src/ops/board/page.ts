import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { escapeHtml } from '../html.ts'
import type { BoardServer } from './server.ts'

/** What our policy forbids, and what the page does without: web fonts, and a picture while it loads. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/<link [^>]*href="https?:[^>]*>/g, ''],
  [/<div id="root">.*<\/div>(?=\s*<script)/s, '<div id="root"></div>'],
]

/** bull-board's page as it goes out, with its settings filled in: `<%= text %>`, `<%- HTML %>`. */
export function boardPage({ entry, uiConfig, viewsFolder }: BoardServer, path: string): string {
  if (!entry) throw new Error('bull-board has no page')
  const { name, params } = entry.handler({ basePath: path, uiConfig })
  const template = readFileSync(join(viewsFolder, name), 'utf8')
  return forbidden
    .reduce((page, [pattern, instead]) => page.replace(pattern, instead), template)
    .replace(/<%([=-]) *(\w+) *%>/g, (_, kind: string, key: string) => {
      const text = params[key] ?? ''
      return kind === '=' ? escapeHtml(text) : text
    })
}
