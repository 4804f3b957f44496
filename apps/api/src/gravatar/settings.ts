import { formats, oneOf, withDefault } from '@visage/shared/config/setting'

export const gravatarSettings = {
  gravatarUrl: withDefault(
    'GRAVATAR_URL',
    formats.httpUrl,
    'https://www.gravatar.com/avatar',
    'the Gravatar server; the hash is added to its path',
  ),
  gravatarMode: withDefault(
    'GRAVATAR_MODE',
    oneOf('redirect', 'proxy'),
    'redirect',
    'whether viewers are sent to GRAVATAR_URL, or the API fetches the picture for them, so that neither the hash nor their address gets there',
  ),
  gravatarTimeout: withDefault(
    'GRAVATAR_TIMEOUT',
    formats.interval,
    '2s',
    'how long the API waits for GRAVATAR_URL, where it fetches',
  ),
} as const
