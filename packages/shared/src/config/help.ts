import type { SettingGroups } from './groups.ts'
import type { Settings } from './read.ts'
import type { Setting } from './setting.ts'

/** Columns of a terminal that has never been resized. */
const WIDTH = 80

/** What `--help` prints: every variable, its default, what it is and how it is written. */
export function helpText(command: string, about: string, groups: SettingGroups): string {
  const parts = Object.entries(groups).map(([title, settings]) => groupText(title, settings))
  return [`Usage: ${command} [--help]`, ...wrap(about, 0), ...parts].join('\n\n').concat('\n')
}

function groupText(title: string, settings: Settings): string {
  const underlined = `${title}\n${'-'.repeat(title.length)}`
  return [underlined, ...Object.values(settings).map(settingText)].join('\n\n')
}

function settingText(setting: Setting<unknown>): string {
  const { about, format } = setting
  return [`  ${signature(setting)}`, ...wrap(plain(about), 6), ...wrap(`= ${format}`, 6, 8)].join(
    '\n',
  )
}

function signature({ name, fallback, required }: Setting<unknown>): string {
  if (fallback !== undefined) return `${name}=${fallback}`
  return required ? `${name} (must be set)` : name
}

/** The texts are also a table of README's. */
const plain = (markdown: string) => markdown.replaceAll('`', '')

/** Lines of at most `WIDTH` columns, unless a word is longer. */
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
