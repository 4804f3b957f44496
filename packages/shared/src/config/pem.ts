import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Format } from './setting.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/** Decodes a PEM whose line breaks are written as `\n`, for variables that cannot hold more than one line. */
const decodeLineBreaks = (text: string): string => text.replaceAll('\\n', '\n')

/** Certificates of trusted authorities, or a client certificate. A file is read once, when the process starts. */
export const certificates: Format<string> = {
  format: 'PEM certificates (line breaks may be written as \\n), or the path of a PEM file',
  parse: readWith((pem) => {
    const found = pem.match(CERTIFICATE) ?? []
    // OpenSSL ignores a certificate that it cannot parse, and then trusts no authority. Parsing here throws.
    for (const certificate of found) new X509Certificate(certificate)
    return found.length > 0 ? found.join('\n') : undefined
  }),
}

export const privateKey: Format<string> = {
  format:
    'a PEM private key without a passphrase (line breaks may be written as \\n), or the path of a PEM file',
  parse: readWith((pem) => (createPrivateKey(pem) ? pem : undefined)),
}

/**
 * Returns whether `key` is the private key of a certificate.
 * @param certificate one or more PEM certificates; only the first one is compared
 */
export function isKeyOfCertificate(certificate: string, key: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
}

function readWith(parse: (pem: string) => string | undefined) {
  return (text: string) => {
    try {
      return parse(text.includes('-----') ? decodeLineBreaks(text) : readFileSync(text, 'utf8'))
    } catch {
      return undefined
    }
  }
}
