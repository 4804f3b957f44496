import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Format } from './setting.ts'

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/** The authorities that a server's certificate may be by; read once, at the start. */
export const certificates: Format<string> = {
  format:
    'certificates as PEM, whose lines may end in \\n as two characters, or the path of a file of them',
  parse: (text) => {
    try {
      const pem = text.includes('-----') ? text.replaceAll('\\n', '\n') : readFileSync(text, 'utf8')
      const blocks = pem.match(BLOCK) ?? []
      for (const block of blocks) new X509Certificate(block)
      return blocks.length > 0 ? blocks.join('\n') : undefined
    } catch {
      return undefined
    }
  },
}
