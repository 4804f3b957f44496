import type { StackFile } from './stack-file.ts'
import { secondsSince } from './terminal.ts'

/**
 * What a person wants to know once all is ready; the time is that since the program began.
 * @param token of the user `demo`; without one, the person has to bring their own
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

Send a picture:

  curl -T ${quoted(picture)} -H ${bearer(token)} ${apiUrl}/user/setting/avatar

and see it: ${apiUrl}/user/avatar/${token ? 'demo' : '<sub of the token>'}

Ctrl-C stops everything.
`
}

/** A fragment reaches no server and no log: the page takes it from there. */
const page = (apiUrl: string, token: string | undefined): string =>
  `  Page    ${new URL('/', apiUrl)}${token ? `#token=${token}` : ''}\n`

const bearer = (token: string | undefined): string =>
  token ? `'Authorization: Bearer ${token}'` : '"Authorization: Bearer $TOKEN"'

/** For a shell, where it needs quotes at all. */
const quoted = (path: string): string =>
  /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
