import type { Difference } from './compare.ts'
import { exceptions } from './exceptions.ts'
import type { Finding } from './finding.ts'

/** Levels of 0 to 255. Lossless variants of the same pixels differ by rounding and by the resampling filter. */
const LIMITS: Difference = { mean: 3, worst: 24 }

/** Returns a sentence for each difference from Chromium that no exception explains. */
export function differences(findings: readonly Finding[]): string[] {
  return findings.flatMap((finding) => {
    const sentence = describe(finding)
    if (!sentence || exceptions.some(({ applies }) => applies(finding))) return []
    return [`${finding.name} (${finding.sha256}, ${finding.expected}): ${sentence}`]
  })
}

function describe({ shown, refused, sizes, difference }: Finding): string | undefined {
  if (refused)
    return shown === 'complete' ? `refused as ${refused}, but Chromium shows it` : undefined
  if (shown === 'nothing') return 'accepted, but Chromium does not show it'
  if (sizes) return `has the size ${sizes}`
  if (!difference) return 'has a square of another size'
  const { mean, worst } = difference
  if (mean <= LIMITS.mean && worst <= LIMITS.worst) return undefined
  return `differs by ${mean.toFixed(1)} on average and ${worst.toFixed(0)} in the worst block`
}
