import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** PEM files of a certificate. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Private certificate authority. */
export class Authority {
  /** Certificate of the CA: the file and its text. */
  readonly path: string
  readonly pem: string
  readonly #openssl: string
  readonly #dir: string
  readonly #name: string

  /** @param openssl full path of the program  @param dir folder of its files */
  constructor(openssl: string, dir: string, name: string) {
    this.#openssl = openssl
    this.#dir = dir
    this.#name = name
    this.path = this.#file('pem')
    this.#run('req', '-x509', ...this.#newKey(name), '-out', this.path, '-days', '2')
    this.pem = readFileSync(this.path, 'utf8')
  }

  /** @param names subject alternative names, such as `DNS:db.example.org` or `IP:127.0.0.1` */
  issue(file: string, ...names: string[]): Certificate {
    const [cert, request, extensions] = ['crt', 'csr', 'ext'].map((kind) =>
      join(this.#dir, `${file}.${kind}`),
    ) as [string, string, string]
    writeFileSync(extensions, `subjectAltName=${names.join(',')}\n`)
    this.#run('req', ...this.#newKey(file), '-out', request)
    const signer = ['-CA', this.path, '-CAkey', this.#file('key'), '-CAcreateserial']
    const issued = ['-in', request, '-extfile', extensions, '-out', cert, '-days', '2']
    this.#run('x509', '-req', ...signer, ...issued)
    return { cert, key: join(this.#dir, `${file}.key`) }
  }

  #file(kind: string): string {
    return join(this.#dir, `${this.#name}.${kind}`)
  }

  #newKey(name: string): string[] {
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', join(this.#dir, `${name}.key`)]
    return [...key, '-subj', `/CN=${name}`]
  }

  #run(...args: string[]): void {
    execFileSync(this.#openssl, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  }
}
