import { announce } from './dom.ts'

const KEY = 'visage-token'

/**
 * Returns the token of this tab. Moves a token from the URL fragment into the session storage: browsers never send a
 * fragment to the server, and removing it keeps the token out of the history.
 */
export function currentToken(): string | undefined {
  const fromFragment = new URLSearchParams(location.hash.slice(1)).get('token')
  if (fromFragment !== null) {
    history.replaceState(null, '', location.pathname + location.search)
    storeToken(fromFragment)
  }
  return sessionStorage.getItem(KEY) ?? undefined
}

export function storeToken(token: string): void {
  sessionStorage.setItem(KEY, token)
}

export function removeToken(): void {
  sessionStorage.removeItem(KEY)
}

/**
 * Reads the user id of a token without verifying the token; the service does that.
 * @returns undefined if the text is not a token
 */
export function readUserId(token: string): string | undefined {
  try {
    const payload = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0))
    const { sub } = JSON.parse(new TextDecoder().decode(bytes))
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined
  }
}

/**
 * Copies a text and shows the result on the button for 1.6 s. Over plain http, browsers allow this only on localhost.
 */
export async function copy(text: string, button: HTMLButtonElement): Promise<void> {
  const label = button.textContent
  const result = await write(text).then(
    () => 'Copied',
    () => 'Not copied',
  )
  button.textContent = result
  announce(result)
  setTimeout(() => {
    button.textContent = label
  }, 1600)
}

const write = async (text: string): Promise<void> => navigator.clipboard.writeText(text)
