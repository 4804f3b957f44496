/**
 * The address of a Gravatar: SHA-256 of the e-mail address, `s` the side in pixels, 1 to 2048, and
 * `d` what to show for an address that has none.
 * Source: docs.gravatar.com, "Avatars".
 */
export function gravatarUrl(server: string, emailHash: string, size: number): string {
  const url = new URL(server)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${emailHash}`
  url.searchParams.set('s', String(Math.min(size, 2048)))
  url.searchParams.set('d', 'mp')
  return url.href
}
