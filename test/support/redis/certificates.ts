import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate and its key: in files, as Redis takes them, and as PEM, as we do. */
export interface Identity {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** An authority of a test's own, which signs for the names and addresses given; made by the system's OpenSSL. */
export class Authority {
  readonly #dir: string
  readonly #own: Identity

  constructor(dir: string) {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    this.#dir = dir
    this.#own = this.#identity('authority')
    this.#make(this.#own, 'authority', ['-addext', 'basicConstraints=critical,CA:TRUE'])
  }

  get cert(): string {
    return this.#own.cert
  }

  get certFile(): string {
    return this.#own.certFile
  }

  /** @param alternative as in `IP:127.0.0.1`, `DNS:redis.test` */
  sign(name: string, alternative: string): Identity {
    const identity = this.#identity(name)
    const { certFile, keyFile } = this.#own
    const signed = ['-CA', certFile, '-CAkey', keyFile]
    this.#make(identity, name, [...signed, '-addext', `subjectAltName=${alternative}`])
    return identity
  }

  #make({ certFile, keyFile }: Identity, name: string, more: readonly string[]): void {
    const files = ['-keyout', keyFile, '-out', certFile]
    const args = ['req', '-x509', ...CURVE, '-subj', `/CN=${name}`, '-days', '2', ...files, ...more]
    execFileSync('openssl', args, { stdio: 'pipe' })
  }

  #identity(name: string): Identity {
    const file = (ending: string) => join(this.#dir, `${name}.${ending}`)
    const read = (path: string) => readFileSync(path, 'utf8')
    return {
      certFile: file('crt'),
      keyFile: file('key'),
      get cert() {
        return read(this.certFile)
      },
      get key() {
        return read(this.keyFile)
      },
    }
  }
}
