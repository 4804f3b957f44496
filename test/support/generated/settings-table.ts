import type { Setting } from '@visage/shared/config/setting'
import { apiSettings } from '../../../apps/api/src/config.ts'
import { workerSettings } from '../../../apps/worker/src/config.ts'

/** README's table of every variable, made from the code that reads them. */
export function settingsTable(): string {
  const api = Object.values(apiSettings) as Setting<unknown>[]
  const worker = Object.values(workerSettings) as Setting<unknown>[]
  const all = [...new Map([...api, ...worker].map((setting) => [setting.name, setting])).values()]
  const has = (list: readonly Setting<unknown>[], { name }: Setting<unknown>) =>
    list.some((setting) => setting.name === name)
  const reader = (setting: Setting<unknown>) =>
    has(api, setting) ? (has(worker, setting) ? 'both' : 'API') : 'worker'
  const rows = all.map(
    (s) => `| \`${s.name}\` | ${reader(s)} | ${fallback(s)} | ${s.about} | ${s.format} |\n`,
  )
  return `| variable | read by | default | what it is | written as |\n|---|---|---|---|---|\n${rows.join('')}`
}

function fallback({ fallback, required, name }: Setting<unknown>): string {
  if (name === 'RENDERERS') return 'by the cores'
  return fallback === undefined ? (required ? 'must be set' : 'none') : `\`${fallback}\``
}
