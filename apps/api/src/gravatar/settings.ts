import { formats, oneOf, withDefault } from '@visage/shared/config/setting'

export const gravatarSettings = {
  gravatarUrl: withDefault(
    'GRAVATAR_URL',
    formats.httpUrl,
    'https://www.gravatar.com/avatar',
    'URL of the Gravatar server. The API appends the hash of the e-mail address to the path. Change it to use a compatible server.',
  ),
  gravatarMode: withDefault(
    'GRAVATAR_MODE',
    oneOf('redirect', 'proxy'),
    'redirect',
    'How Gravatars are served. `redirect` sends clients to `GRAVATAR_URL`. `proxy` fetches the picture in the API, so clients see no hash and the Gravatar server sees no client address.',
  ),
  gravatarTimeout: withDefault(
    'GRAVATAR_TIMEOUT',
    formats.interval,
    '2s',
    'Maximum time for a request to `GRAVATAR_URL` with `GRAVATAR_MODE=proxy`.',
  ),
} as const
