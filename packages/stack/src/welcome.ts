import type { StackFile } from './stack-file.ts'
import { secondsSince } from './terminal.ts'

/** What a person wants to know once all is ready; the time is that since the program began. */
export function welcome(
  { apiUrl, opsUrl, workerOpsUrl }: StackFile,
  token: string,
  picture: string,
  dataDir: string,
): string {
  return `
Visage is ready (${secondsSince(0)}).

  API     ${apiUrl}
  Health  ${opsUrl}/readyz  ${workerOpsUrl}/readyz
  Data    ${dataDir} (logs of the servers in logs/)

Send a picture:

  curl -T ${quoted(picture)} -H 'Authorization: Bearer ${token}' ${apiUrl}/user/setting/avatar

and see it: ${apiUrl}/user/avatar/demo

Ctrl-C stops everything.
`
}

/** For a shell, where it needs quotes at all. */
const quoted = (path: string): string =>
  /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
