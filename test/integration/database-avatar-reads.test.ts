import type { EventEmitter } from 'node:events'
import { Avatars } from '@visage/shared/db/avatars'
import { BoundedStatement } from '@visage/shared/db/bounded-statement'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { asUserId } from '../support/domain/brands.ts'
import { revisionAt, toGravatar, toPicture } from '../support/domain/uploads.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld()
let avatars: Avatars

beforeAll(async () => {
  avatars = new Avatars(world.db)
})

afterEach(() => void vi.restoreAllMocks())

interface Events {
  end: [{ rowCount: number }]
}

/** Prefix of the users of this file: other files in this process send statements too. */
const MARK = '/é'
let users = 0
const newUser = () => `user-${++users}${MARK}`

/** @returns the row counts of the later statements about such users; the array grows as they finish */
function watchStatements(): number[] {
  const rows: number[] = []
  const { submit } = BoundedStatement.prototype
  vi.spyOn(BoundedStatement.prototype, 'submit').mockImplementation(function (this: unknown, wire) {
    const statement = this as BoundedStatement & EventEmitter<Events> & { values?: unknown }
    if (JSON.stringify(statement.values ?? []).includes(MARK))
      statement.once('end', ({ rowCount }) => rows.push(rowCount))
    return submit.call(statement, wire)
  })
  return rows
}

test('150 concurrent reads need two statements, and each gets its own row', async () => {
  const everybody = Array.from({ length: 149 }, newUser)
  for (const user of everybody.slice(0, 50))
    await avatars.change(toGravatar(asUserId(user), revisionAt(1)))
  const statements = watchStatements()
  const asked = [...everybody, everybody[0] as string]
  const found = await Promise.all(asked.map((user) => avatars.find(asUserId(user))))
  expect(statements).toHaveLength(2)
  expect(found.map((avatar) => avatar?.userId)).toEqual(
    asked.map((user, i) => (i < 50 || i === 149 ? user : undefined)),
  )
})

test('a read after a change sees it', async () => {
  const user = newUser()
  const before = avatars.find(asUserId(user))
  await avatars.change(toGravatar(asUserId(user), revisionAt(1)))
  expect(await avatars.find(asUserId(user))).toMatchObject({ source: 'gravatar' })
  await before
})

test('a read after the row was deleted or restored sees it', async () => {
  const user = newUser()
  await avatars.change(toPicture(asUserId(user), revisionAt(1)))
  const shown = await avatars.find(asUserId(user))
  const [row] = await world.db('avatars').where('user_id', user).delete().returning('*')
  expect(await avatars.find(asUserId(user))).toBeUndefined()
  await world.db('avatars').insert({ ...row, variants: JSON.stringify(row.variants) })
  expect(await avatars.find(asUserId(user))).toEqual(shown)
})

test('a known row is not sent again, and every reader sees a change of its user', async () => {
  const user = newUser()
  const [first, second] = [revisionAt(1), revisionAt(2)]
  await avatars.change(toPicture(asUserId(user), first))
  const rows = watchStatements()
  for (let i = 0; i < 3; i++)
    expect(await avatars.find(asUserId(user))).toMatchObject({ revision: first })
  await new Avatars(world.db).change(toGravatar(asUserId(user), second))
  expect(await avatars.find(asUserId(user))).toMatchObject({ source: 'gravatar', revision: second })
  expect(rows).toEqual([1, 0, 0, 1, 1])
})
