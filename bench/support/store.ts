import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import type { Report } from './part.ts'

const FOLDER = new URL('../results/', import.meta.url)

/** Keeps a report with the machine that it was measured on. @returns the file's path */
export function store(part: string, report: Report): string {
  const at = new Date().toISOString()
  const file = new URL(`${part}-${at.replaceAll(':', '')}.json`, FOLDER)
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(file, JSON.stringify({ part, at, machine: machine(), ...report }, null, 2))
  return fileURLToPath(file)
}

export function machine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    sharp: sharp.versions.sharp ?? 'unknown',
    libvips: sharp.versions.vips ?? 'unknown',
  }
}
