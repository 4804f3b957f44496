import type { SettingGroups } from './groups.ts'
import type { Settings } from './read.ts'
import type { Setting } from './setting.ts'

/** Width of the output in columns: that of a terminal with the default size. */
const WIDTH = 80

/**
 * Formats the output of `--help`: each setting with its default, its description and its format.
 * @param summary one sentence that says what the process does
 */
export function helpText(command: string, summary: string, groups: SettingGroups): string {
  const paragraphs = [
    `Usage: ${command} [--help]`,
    wrap(summary, 0).join('\n'),
    'Every setting is an environment variable. An empty variable counts as not set.',
    ...Object.entries(groups).map(([title, settings]) => groupText(title, settings)),
  ]
  return `${paragraphs.join('\n\n')}\n`
}

function groupText(title: string, settings: Settings): string {
  const heading = `${title}\n${'-'.repeat(title.length)}`
  return [heading, ...Object.values(settings).map(settingText)].join('\n\n')
}

function settingText(setting: Setting<unknown>): string {
  const { description, format } = setting
  return [
    `  ${signature(setting)}`,
    ...wrap(stripMarkdown(description), 6),
    ...wrap(`Format: ${format}`, 6, 8),
  ].join('\n')
}

function signature({ name, fallback, required }: Setting<unknown>): string {
  if (fallback !== undefined) return `${name}=${fallback}`
  return required ? `${name} (required)` : name
}

/** Descriptions are Markdown, because docs/configuration.md contains them too. */
const stripMarkdown = (markdown: string) => markdown.replaceAll('`', '')

/** Breaks a text into lines of at most `WIDTH` columns. A longer word has a line of its own. */
function wrap(text: string, indent: number, hanging = indent): string[] {
  const lines: string[] = []
  let line = ' '.repeat(indent)
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = ' '.repeat(hanging)
    }
    line += line.trim() === '' ? word : ` ${word}`
  }
  return [...lines, line]
}
