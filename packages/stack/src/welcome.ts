import type { StackFile } from './stack-file.ts'
import { secondsSince } from './terminal.ts'

/**
 * The text that the launcher prints when the stack is ready. It contains the time since the start of this process.
 * @param token a token of the user `demo`; `undefined` if the stack cannot sign tokens
 */
export function welcome(
  { apiUrl, opsUrl, workerOpsUrl }: StackFile,
  token: string | undefined,
  picture: string,
  dataDir: string,
  { WEB, DASHBOARD }: NodeJS.ProcessEnv,
): string {
  return `
Visage is ready (${secondsSince(0)}).

${WEB === 'false' ? '' : page(apiUrl, token)}  API     ${apiUrl}
  Health  ${opsUrl}/readyz  ${workerOpsUrl}/readyz
${DASHBOARD === 'false' ? '' : `  Queues  ${opsUrl}/queues\n`}  Data    ${dataDir} (logs of the servers in logs/)

Upload a picture:

  curl -T ${quoted(picture)} -H ${bearer(token)} ${apiUrl}/user/setting/avatar

View it: ${apiUrl}/user/avatar/${token ? 'demo' : '<sub of the token>'}

Ctrl-C stops everything.
`
}

/** The token is in the fragment, which browsers do not send to servers, so it appears in no log. */
const page = (apiUrl: string, token: string | undefined): string =>
  `  Page    ${new URL('/', apiUrl)}${token ? `#token=${token}` : ''}\n`

const bearer = (token: string | undefined): string =>
  token ? `'Authorization: Bearer ${token}'` : '"Authorization: Bearer $TOKEN"'

/** Quotes a path for the shell if necessary. */
const quoted = (path: string): string =>
  /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
