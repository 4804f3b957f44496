import type { Chart } from './part.ts'
import { printCell } from './print.ts'

const WIDTH = 720
const [MARGIN, TITLE, BAR, GAP] = [16, 44, 22, 26]

/** Grey and blue with a contrast of at least 4.5 on white and on the dark theme of GitHub. */
const [INK, FILL] = ['#767676', '#3b82d6']

/** Width of the longest bar as a share of the chart. The rest is for its figure. */
const MAX_BAR_SHARE = 0.82

/** Draws the bars as an SVG without a background, so that it is readable in light and dark themes. */
export function drawChart({ title, unit, bars }: Chart): string {
  const maximum = Math.max(...bars.map(({ value }) => value))
  const height = TITLE + bars.length * (BAR + GAP) + MARGIN
  const drawn = bars.map(({ label, value }, i) => drawBar(label, value, value / maximum, unit, i))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="14" fill="${INK}" role="img">`,
    `<title>${escapeText(title)}</title>`,
    `<text x="${MARGIN}" y="26" font-size="16" font-weight="600">${escapeText(title)}</text>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}

function drawBar(label: string, value: number, share: number, unit: string, index: number): string {
  const top = TITLE + index * (BAR + GAP)
  const width = Math.max(1, share * MAX_BAR_SHARE * (WIDTH - 2 * MARGIN))
  const figure = `${printCell(value)} ${unit}`
  return [
    `<text x="${MARGIN}" y="${top + 14}">${escapeText(label)}</text>`,
    `<rect x="${MARGIN}" y="${top + GAP - 6}" width="${width.toFixed(1)}" height="${BAR}" rx="3" fill="${FILL}"/>`,
    `<text x="${(MARGIN + width + 8).toFixed(1)}" y="${top + GAP + 10}">${escapeText(figure)}</text>`,
  ].join('\n')
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
