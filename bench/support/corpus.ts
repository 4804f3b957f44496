import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import type { Picture } from './pictures.ts'

interface Entry {
  /** Its path under `images/`: `folder/<hash>-<name>`. */
  readonly file: string
  readonly verdict: string
  readonly magic: string
  readonly w: number | null
  readonly h: number | null
}

/** The shorter side of what is worth measuring: the largest variant's. */
const LEAST_SIDE = 512

/** Bits of information a pixel; below it a picture is all but empty. */
const LEAST_ENTROPY = 1

/**
 * The real photos and graphics of the folder that VISAGE_CORPUS names (`images/`, and `images.jsonl` with
 * a line for each file), none where it names none. Of the same picture turned only one is taken.
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
    if (entropy >= LEAST_ENTROPY) pictures.push({ name, bytes })
  }
  return pictures
}

function isUsable({ verdict, magic, w, h }: Entry): boolean {
  const taken = verdict === 'accept' && ['jpeg', 'png'].includes(magic)
  return taken && Math.min(w ?? 0, h ?? 0) >= LEAST_SIDE
}

/** `Portrait_5.jpg` and `Portrait_7.jpg` are one picture in two orientations. */
function titleOf({ file }: Entry): string {
  return basename(file)
    .replace(/^[0-9a-f]+-/, '')
    .replace(/(_\d)?\.\w+$/, '')
}
