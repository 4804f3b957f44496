import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { escapeHtml } from '../html.ts'
import type { BoardServer } from './server.ts'

/**
 * Markup that CONTENT_SECURITY_POLICY forbids, with replacements: web fonts, and the picture of the loading page. The
 * page works without them.
 */
const replacements: readonly (readonly [RegExp, string])[] = [
  [/<link [^>]*href="https?:[^>]*>/g, ''],
  [/<div id="root">.*<\/div>(?=\s*<script)/s, '<div id="root"></div>'],
]

/** Renders bull-board's page from its template. A parameter in `<%= text %>` is escaped; in `<%- HTML %>` it is not. */
export function boardPage({ entry, uiConfig, viewsFolder }: BoardServer, path: string): string {
  if (!entry) throw new Error('bull-board registered no page; call createBullBoard first')
  const { name, params } = entry.handler({ basePath: path, uiConfig })
  const template = readFileSync(join(viewsFolder, name), 'utf8')
  return replacements
    .reduce((page, [pattern, replacement]) => page.replace(pattern, replacement), template)
    .replace(/<%([=-]) *(\w+) *%>/g, (_, kind: string, key: string) => {
      const text = params[key] ?? ''
      return kind === '=' ? escapeHtml(text) : text
    })
}
