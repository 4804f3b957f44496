import type { Finding } from './finding.ts'

/** A difference from Chromium that is wanted. */
interface Exception {
  readonly because: string
  applies(finding: Finding): boolean
}

export const exceptions: readonly Exception[] = [
  {
    because: 'Chromium shows formats that are not accepted, such as SVG, BMP and ICO',
    applies: ({ refused }) => refused === '40050',
  },
  {
    because: 'Chromium cannot show HEIC',
    applies: ({ name, shown, refused }) => /\.hei[cf]$/.test(name) && !shown && !refused,
  },
]
