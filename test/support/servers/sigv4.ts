import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Signature fields of a request. */
export interface Signature {
  readonly accessKey: string
  /** Names in lower case. */
  readonly headers: readonly string[]
  /** Whether the signature matches the secret, method, path, query and headers. */
  isBy(secretKey: string): boolean
}

const PARTS =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/((\d{8})\/([^/]+)\/s3\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/

/** Parses AWS Signature Version 4 according to its documentation, independently of the client. */
export function readSignature(request: IncomingMessage): Signature {
  const parts = PARTS.exec(`${request.headers.authorization}`)
  if (!parts) throw new Error(`not signed: ${request.headers.authorization}`)
  const [, accessKey = '', scope = '', date = '', region = '', names = '', signature] = parts
  const headers = names.split(';')
  const text = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'],
    scope,
    hash(canonical(request, headers)),
  ]
  return {
    accessKey,
    headers,
    isBy(secretKey) {
      const key = [date, region, 's3', 'aws4_request'].reduce<string | Buffer>(
        hmac,
        `AWS4${secretKey}`,
      )
      return hmac(key, text.join('\n')).toString('hex') === signature
    },
  }
}

function canonical(
  { method, url = '', headers }: IncomingMessage,
  names: readonly string[],
): string {
  const [path, query = ''] = url.split('?')
  const pairs = query
    .split('&')
    .filter(Boolean)
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
  const lines = names.map((name) => `${name}:${`${headers[name]}`.trim().replace(/ +/g, ' ')}\n`)
  const payload = headers['x-amz-content-sha256']
  return [method, path, pairs.toSorted().join('&'), lines.join(''), names.join(';'), payload].join(
    '\n',
  )
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
