/** What a policy says, as far as it is looked at. */
interface Statement {
  readonly Effect?: string
  readonly Principal?: unknown
  readonly Action?: string | readonly string[]
  readonly NotAction?: unknown
  readonly Resource?: string | readonly string[]
}

/** What may be open, for PUBLIC_BASE_URL: reading the variants (docs/security.md). */
const READ = 's3:GetObject'
const VARIANTS = 'avatars/'

/**
 * What a bucket's policy lets anybody do besides reading variants. Conditions are not weighed: a statement
 * that names everybody counts as open, however it narrows them down.
 * @param policy as S3 returns it: JSON
 * @returns such as `s3:GetObject on raw/*`; none where it opens no more than variants
 */
export function publicGrants(policy: string, bucket: string): string[] {
  const { Statement } = JSON.parse(policy) as { Statement?: Statement | readonly Statement[] }
  return many(Statement)
    .filter(({ Effect, Principal }) => Effect === 'Allow' && isEverybody(Principal))
    .flatMap((statement) => permissions(statement, bucket))
    .filter((one) => !one.harmless)
    .map(({ action, on }) => `${action} on ${on}`)
}

function permissions({ Action, NotAction, Resource }: Statement, bucket: string) {
  const actions = NotAction === undefined ? many(Action) : ['all but a few actions']
  return actions.flatMap((action) =>
    many(Resource).map((resource) => {
      const on = resource.replace(`arn:aws:s3:::${bucket}/`, '')
      return { action, on, harmless: action === READ && on.startsWith(VARIANTS) }
    }),
  )
}

function isEverybody(principal: unknown): boolean {
  if (principal === '*') return true
  return many((principal as { AWS?: string | readonly string[] } | undefined)?.AWS).includes('*')
}

/** JSON policies write a list of one without its brackets. */
function many<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value as T]
}
