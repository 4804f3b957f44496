import { formats, optional, withDefault } from '@visage/shared/config/setting'

const words = ['404', 'identicon']

const defaultAvatars = {
  format: '404, identicon, or an http or https address',
  parse: (text: string) => (words.includes(text) ? text : formats.httpUrl.parse(text)),
}

export const defaultAvatarSettings = {
  defaultAvatar: withDefault(
    'DEFAULT_AVATAR',
    defaultAvatars,
    '404',
    'what is shown of users who have no picture: nothing, a pattern made from the user id, or the picture at this address',
  ),
} as const

export const publicUrlSettings = {
  publicBaseUrl: optional(
    'PUBLIC_BASE_URL',
    formats.baseUrl,
    'the CDN or public bucket that clients are sent to for variants, whose keys are added to its path; without it the API streams them',
  ),
} as const
