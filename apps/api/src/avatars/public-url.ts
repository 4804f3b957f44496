import { formats, optional } from '@visage/shared/config/setting'

export const publicUrlSettings = {
  publicBaseUrl: optional(
    'PUBLIC_BASE_URL',
    formats.baseUrl,
    'the CDN or public bucket that clients are sent to for variants, whose keys are added to its path; without it the API streams them',
  ),
} as const

/** Where the object with that key is for everybody. Keys are made of characters that need no escape. */
export function publicUrl(base: string, key: string): string {
  return `${base}/${key}`
}
