import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const expectations = [
  'accept',
  'reject:corrupt',
  'reject:too-big',
  'reject:type',
  'either',
] as const

/** Verdict of other decoders. `either`: they disagree, so any verdict is correct. */
export type Expectation = (typeof expectations)[number]

export interface CorpusFile {
  readonly name: string
  readonly sha256: string
  readonly expected: Expectation
  readonly read: () => Buffer
}

interface ManifestLine {
  readonly file: string
  readonly sha256: string
  readonly verdict: string
}

/**
 * Reads the files in `images.jsonl` of a folder, with the expected verdict of each.
 * @throws if the manifest has an unknown value, or the hash of a file differs
 */
export function readCorpus(folder: string): CorpusFile[] {
  const lines = readFileSync(join(folder, 'images.jsonl'), 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => {
    const { file, sha256, verdict } = JSON.parse(line) as ManifestLine
    if (!isExpectation(verdict)) throw new Error(`${file}: unknown verdict ${verdict}`)
    const read = () => verified(readFileSync(join(folder, 'images', file)), file, sha256)
    return { name: file, sha256, expected: isAccepted(file, verdict) ? 'either' : verdict, read }
  })
}

/** The decoders of the manifest did not know these formats. */
const isAccepted = (file: string, verdict: Expectation) =>
  verdict === 'reject:type' && /\.(avif|heic|heif)$/.test(file)

const isExpectation = (word: string): word is Expectation =>
  (expectations as readonly string[]).includes(word)

function verified(bytes: Buffer, file: string, sha256: string): Buffer {
  const hash = createHash('sha256').update(bytes).digest('hex')
  if (hash !== sha256) throw new Error(`${file} is not the file that the manifest names`)
  return bytes
}
