import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import type { Picture } from './pictures.ts'

interface Entry {
  /** Path below `images/`: `folder/<hash>-<name>`. */
  readonly file: string
  readonly verdict: string
  readonly magic: string
  readonly w: number | null
  readonly h: number | null
}

/** Minimum length of the shorter side in pixels: the size of the largest variant. */
const MIN_SIDE = 512

/** Minimum entropy in bits per pixel. Pictures below it are almost empty. */
const MIN_ENTROPY = 1

/**
 * Real photos and graphics from the folder in VISAGE_CORPUS, which contains `images/` and `images.jsonl` with one line per file.
 * Empty if VISAGE_CORPUS is not set. Includes only one orientation of each picture.
 */
export async function corpus(): Promise<Picture[]> {
  const folder = process.env.VISAGE_CORPUS
  if (!folder) return []
  const lines = readFileSync(join(folder, 'images.jsonl'), 'utf8').trim().split('\n')
  const usable = lines.map((line): Entry => JSON.parse(line)).filter(isUsable)
  const byTitle = new Map(usable.map((entry) => [titleOf(entry), entry]))
  const pictures: Picture[] = []
  for (const [title, { file, magic, w, h }] of byTitle) {
    const bytes = readFileSync(join(folder, 'images', file))
    const { entropy } = await sharp(bytes).stats()
    const name = `${title}, ${(((w ?? 0) * (h ?? 0)) / 1e6).toFixed(1)} MP ${magic.toUpperCase()}`
    if (entropy >= MIN_ENTROPY) pictures.push({ name, bytes })
  }
  return pictures
}

function isUsable({ verdict, magic, w, h }: Entry): boolean {
  const isSupported = verdict === 'accept' && ['jpeg', 'png'].includes(magic)
  return isSupported && Math.min(w ?? 0, h ?? 0) >= MIN_SIDE
}

/** Removes the orientation: `Portrait_5.jpg` and `Portrait_7.jpg` are the same picture. */
function titleOf({ file }: Entry): string {
  return basename(file)
    .replace(/^[0-9a-f]+-/, '')
    .replace(/(_\d)?\.\w+$/, '')
}
