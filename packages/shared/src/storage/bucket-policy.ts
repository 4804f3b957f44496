/** The members of a policy statement that are checked. */
interface Statement {
  readonly Effect?: string
  readonly Principal?: unknown
  readonly Action?: string | readonly string[]
  readonly NotAction?: unknown
  readonly Resource?: string | readonly string[]
}

/** Public read access to variants is allowed, for PUBLIC_BASE_URL (docs/security.md). */
const ALLOWED_ACTION = 's3:GetObject'
const ALLOWED_PREFIX = 'avatars/'

/**
 * Lists the permissions that a bucket's policy grants to everybody, except reading variants. Conditions are ignored:
 * a statement for everybody counts as public even if a condition restricts it.
 * @param policy JSON, as S3 returns it
 * @returns permissions such as `s3:GetObject on raw/*`; an empty list if only variants are public
 */
export function publicGrants(policy: string, bucket: string): string[] {
  const { Statement } = JSON.parse(policy) as { Statement?: Statement | readonly Statement[] }
  return listOf(Statement)
    .filter(({ Effect, Principal }) => Effect === 'Allow' && isEverybody(Principal))
    .flatMap((statement) => permissions(statement, bucket))
    .filter(({ allowed }) => !allowed)
    .map(({ action, path }) => `${action} on ${path}`)
}

function permissions({ Action, NotAction, Resource }: Statement, bucket: string) {
  const actions =
    NotAction === undefined ? listOf(Action) : ['all actions except those in NotAction']
  return actions.flatMap((action) =>
    listOf(Resource).map((resource) => {
      const path = resource.replace(`arn:aws:s3:::${bucket}/`, '')
      const allowed = action === ALLOWED_ACTION && path.startsWith(ALLOWED_PREFIX)
      return { action, path, allowed }
    }),
  )
}

function isEverybody(principal: unknown): boolean {
  if (principal === '*') return true
  return listOf((principal as { AWS?: string | readonly string[] } | undefined)?.AWS).includes('*')
}

/** Converts a member to a list. In a policy, a list with one item may be written as the item alone. */
function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value as T]
}
