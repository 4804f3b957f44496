import { announce } from './dom.ts'

const KEY = 'visage-token'

/**
 * The token of this tab. One in the fragment is taken out of the address bar at once: a fragment never
 * reaches a server, and this one shall not stay in the history either.
 */
export function currentToken(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given !== null) {
    history.replaceState(null, '', location.pathname + location.search)
    keepToken(given)
  }
  return sessionStorage.getItem(KEY) ?? undefined
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token)
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY)
}

/** The user that a token is of; undefined for what is no token. Whether it is a good one, the service decides. */
export function userOf(token: string): string | undefined {
  try {
    const payload = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0))
    const { sub } = JSON.parse(new TextDecoder().decode(bytes))
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined
  }
}

/** Copies a text, and says so on the button for a moment. Over plain http only this very machine has a clipboard. */
export async function copy(text: string, button: HTMLButtonElement): Promise<void> {
  const before = button.textContent
  const done = await write(text).then(
    () => 'Copied',
    () => 'Not copied',
  )
  button.textContent = done
  announce(done)
  setTimeout(() => {
    button.textContent = before
  }, 1600)
}

const write = async (text: string): Promise<void> => navigator.clipboard.writeText(text)
