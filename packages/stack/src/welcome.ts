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
): string {
  return `
Visage is ready (${secondsSince(0)}).

  API     ${apiUrl}
  Health  ${opsUrl}/readyz  ${workerOpsUrl}/readyz
  Data    ${dataDir} (logs of the servers in logs/)

Send a picture:

  curl -T ${quoted(picture)} -H ${bearer(token)} ${apiUrl}/user/setting/avatar

and see it: ${apiUrl}/user/avatar/${token ? 'demo' : '<sub of the token>'}

Ctrl-C stops everything.
`
}

const bearer = (token: string | undefined): string =>
  token ? `'Authorization: Bearer ${token}'` : '"Authorization: Bearer $TOKEN"'

/** For a shell, where it needs quotes at all. */
const quoted = (path: string): string =>
  /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
