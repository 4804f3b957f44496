import { formats, optional, withDefault } from '@visage/shared/config/setting'

const words = ['404', 'identicon']

const defaultAvatars = {
  format: '404, identicon, or an http or https URL',
  parse: (text: string) => (words.includes(text) ? text : formats.httpUrl.parse(text)),
}

export const defaultAvatarSettings = {
  defaultAvatar: withDefault(
    'DEFAULT_AVATAR',
    defaultAvatars,
    '404',
    'Answer for users who have no picture. `404` answers Not Found, `identicon` sends a pattern made from the user ID, and a URL redirects to that picture.',
  ),
} as const

export const publicUrlSettings = {
  publicBaseUrl: optional(
    'PUBLIC_BASE_URL',
    formats.baseUrl,
    'URL of a CDN or public bucket. The API redirects requests for variants to it, with the key of the variant appended. Without it, the API streams variants from the bucket.',
  ),
} as const
