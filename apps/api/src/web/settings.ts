import { formats, withDefault } from '@visage/shared/config/setting'

export const webSettings = {
  web: withDefault(
    'WEB',
    formats.switch,
    'false',
    'Serves the upload page at `/`. Set it to `true` to try Visage, or if users upload without a client of your own.',
  ),
} as const
