import type { Setting } from '@visage/shared/config/setting'

export const namesOf = (settings: Readonly<Record<string, Setting<unknown>>>): string[] =>
  Object.values(settings).map(({ name }) => name)
