import { describe, expect, test } from 'vitest'
import { emailHash, revisionAt } from '../support/domain/uploads.ts'
import { useWorld } from '../support/world/use-world.ts'

type Row = Readonly<Record<string, unknown>>

const world = useWorld()

let users = 0
const user = () => `user-${++users}`

const uploaded = (): Row => ({
  user_id: user(),
  folder: `folder-${users}`,
  source: 'upload',
  revision: revisionAt(1),
  variants: '[{"size":64}]',
  placeholder: 'AAAA',
  color: '#00ff00',
  source_format: 'jpeg',
  source_width: 1,
  source_height: 1,
})
const gravatar = (): Row => ({
  user_id: user(),
  folder: `folder-${users}`,
  source: 'gravatar',
  revision: revisionAt(1),
  email_hash: emailHash,
})
const receipt = (): Row => ({
  upload_id: revisionAt(1),
  user_id: user(),
  state: 'processing',
  bytes: 1,
  format: 'jpeg',
  correlation_id: 'id',
  accepted_at: new Date(),
})

async function insert(table: string, row: Row): Promise<string> {
  try {
    await world.db(table).insert(row)
    return 'taken'
  } catch (error) {
    const { code } = error as { code?: string }
    return (
      { 23502: 'not null', 23514: 'check', 23505: 'unique', '22P02': 'type' }[code ?? ''] ??
      `${code}`
    )
  }
}

const now = new Date()

describe('avatars', () => {
  test.each<[string, Row]>([
    ['an upload', uploaded()],
    ['a Gravatar', gravatar()],
    ['a Gravatar without a hash', { ...gravatar(), email_hash: null }],
    ['no picture', { ...gravatar(), source: 'none', email_hash: null }],
    ['a user id of 128 characters', { ...gravatar(), user_id: 'ü'.repeat(128) }],
  ])('%s is taken', async (_, row) => {
    expect(await insert('avatars', row)).toBe('taken')
  })

  test.each<[string, Row, string]>([
    ['no user', { ...gravatar(), user_id: '' }, 'check'],
    ['no folder', { ...gravatar(), folder: null }, 'not null'],
    ['a user id of 129 characters', { ...gravatar(), user_id: 'x'.repeat(129) }, 'check'],
    ['another source', { ...gravatar(), source: 'web' }, 'check'],
    ['no revision', { ...gravatar(), revision: null }, 'not null'],
    ['a revision that is no UUID', { ...gravatar(), revision: 'latest' }, 'type'],
    ['a hash in upper case', { ...gravatar(), email_hash: 'A'.repeat(64) }, 'check'],
    ['an address for a hash', { ...gravatar(), email_hash: 'alice@example.com' }, 'check'],
    ['an upload with a hash', { ...uploaded(), email_hash: emailHash }, 'check'],
    ['an upload without variants', { ...uploaded(), variants: '[]' }, 'check'],
    ['variants that are no list', { ...uploaded(), variants: '{}' }, 'check'],
    ['a Gravatar with variants', { ...gravatar(), variants: '[1]' }, 'check'],
    ['no picture with a hash', { ...gravatar(), source: 'none' }, 'check'],
    ['no picture with variants', { ...uploaded(), source: 'none' }, 'check'],
    ['a colour by name', { ...uploaded(), color: 'red' }, 'check'],
    ...['placeholder', 'color', 'source_format', 'source_width', 'source_height'].map(
      (column): [string, Row, string] => [
        `an upload without ${column}`,
        { ...uploaded(), [column]: null },
        'check',
      ],
    ),
    ['a width of nothing', { ...uploaded(), source_width: 0 }, 'check'],
  ])('%s is refused', async (_, row, why) => {
    expect(await insert('avatars', row)).toBe(why)
  })

  test('a user has at most one picture', async () => {
    const row = gravatar()
    await insert('avatars', row)
    expect(await insert('avatars', { ...row, folder: 'another' })).toBe('unique')
  })
})

describe('uploads', () => {
  test.each<[string, Row]>([
    ['processing', {}],
    ['ready', { state: 'ready', finished_at: now }],
    ['superseded', { state: 'superseded', finished_at: now }],
    ['failed', { state: 'failed', finished_at: now }],
    ['rejected', { state: 'rejected', reason: 'corrupt', finished_at: now }],
  ])('%s is taken', async (_, more) => {
    expect(await insert('uploads', { ...receipt(), ...more })).toBe('taken')
  })

  test.each<[string, Row, string]>([
    ['a state of the queue library', { state: 'completed', finished_at: now }, 'check'],
    ['queued, which no worker has seen', { state: 'queued' }, 'check'],
    ['processing, and finished', { finished_at: now }, 'check'],
    ['ready, and not finished', { state: 'ready' }, 'check'],
    ['rejected for no reason', { state: 'rejected', finished_at: now }, 'check'],
    ['ready, and a reason', { state: 'ready', reason: 'corrupt', finished_at: now }, 'check'],
    ['no bytes', { bytes: 0 }, 'check'],
    ['a start without a name', { starts: '{first}' }, 'type'],
    ['no format', { format: null }, 'not null'],
    ['no correlation id', { correlation_id: null }, 'not null'],
    ['no time of acceptance', { accepted_at: null }, 'not null'],
    ['no user', { user_id: '' }, 'check'],
    ['an id that is no UUID', { upload_id: '1' }, 'type'],
  ])('%s is refused', async (_, more, why) => {
    expect(await insert('uploads', { ...receipt(), ...more })).toBe(why)
  })
})

test('revisions sort in the database like text', async () => {
  const revisions = Array.from({ length: 200 }, (_, i) => revisionAt((i * 7919) % 100))
  const { rows } = await world.db.raw(
    'select r::text as revision from unnest(?::uuid[]) as r order by r',
    [revisions],
  )
  expect(rows.map(({ revision }: { revision: string }) => revision)).toEqual(revisions.toSorted())
})
