import { formats, withDefault } from '@visage/shared/config/setting'

export const webSettings = {
  web: withDefault(
    'WEB',
    formats.switch,
    'false',
    'whether the page where a person uploads a picture is shown at /',
  ),
} as const
