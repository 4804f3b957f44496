import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Format } from './setting.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/** What a PEM is where a variable cannot hold more than one line. */
export const unfolded = (text: string): string => text.replaceAll('\\n', '\n')

/** The authorities that a server's certificate may be by, or a certificate of our own; read once, at the start. */
export const certificates: Format<string> = {
  format:
    'certificates as PEM, whose lines may end in \\n as two characters, or the path of a file of them',
  parse: readWith((pem) => {
    const found = pem.match(CERTIFICATE) ?? []
    // OpenSSL passes over what it cannot read, and then trusts nobody.
    for (const one of found) new X509Certificate(one)
    return found.length > 0 ? found.join('\n') : undefined
  }),
}

export const privateKey: Format<string> = {
  format:
    'a private key as PEM without a passphrase, whose lines may end in \\n as two characters, or the path of a file of it',
  parse: readWith((pem) => (createPrivateKey(pem) ? pem : undefined)),
}

/** @param certificate one or more in PEM, of which the first is meant */
export function belongTogether(certificate: string, key: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
}

function readWith(parse: (pem: string) => string | undefined) {
  return (text: string) => {
    try {
      return parse(text.includes('-----') ? unfolded(text) : readFileSync(text, 'utf8'))
    } catch {
      return undefined
    }
  }
}
