import { randomUUID } from 'node:crypto'
import type { Upload } from '@visage/shared/avatar/upload'
import type { Verdict } from '@visage/shared/avatar/upload-record'
import { Avatars } from '@visage/shared/db/avatars'
import { Uploads } from '@visage/shared/db/uploads'
import { beforeAll, describe, expect, test } from 'vitest'
import { asUploadId, asUserId } from '../support/domain/brands.ts'
import { picture, revisionAt, shuffled, toGravatar, uploadAt } from '../support/domain/uploads.ts'
import { useWorld } from '../support/world/use-world.ts'

const CORRUPT: Verdict = { state: 'rejected', reason: 'corrupt', msg: 'It is damaged' }

const world = useWorld()
let uploads: Uploads
let avatars: Avatars

beforeAll(async () => {
  uploads = new Uploads(world.db)
  avatars = new Avatars(world.db)
})

let users = 0
const newUser = () => `user-${++users}`
const begin = (upload: Upload, attempt = randomUUID()) => uploads.beginAttempt(upload, attempt)
const pictureOf = async (user: string) => (await avatars.find(asUserId(user)))?.revision
const isPurged = async (revision: string) =>
  (await world.db('purges').where({ revision })).length === 1

describe('the begin of an attempt', () => {
  test('creates the receipt', async () => {
    const upload = uploadAt(Date.now(), asUserId(newUser()))
    expect(await begin(upload)).toEqual({ starts: 1, crashes: 0 })
    expect(await uploads.find(upload.id)).toEqual({
      ...upload,
      state: 'processing',
      reason: null,
      msg: '',
      startedAt: expect.any(Date),
      finishedAt: null,
      removedAt: null,
    })
  })

  test('counts a second attempt and keeps the receipt', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    await begin(upload)
    const before = await uploads.find(upload.id)
    expect(await begin(upload)).toEqual({ starts: 2, crashes: 0 })
    expect(await uploads.find(upload.id)).toEqual(before)
  })

  test('is not counted after a recorded end without an outcome', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    const [first, second] = [randomUUID(), randomUUID()]
    await begin(upload, first)
    await begin(upload, second)
    await uploads.recordAttemptEnd(upload.id, first)
    expect(await begin(upload)).toEqual({ starts: 2, crashes: 0 })
  })

  test('is counted once and taken back once by repeated calls', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    const [crashed, ended] = [randomUUID(), randomUUID()]
    await begin(upload, crashed)
    await begin(upload, ended)
    expect(await begin(upload, ended)).toEqual({ starts: 2, crashes: 0 })
    for (const _ of [1, 2, 3]) await uploads.recordAttemptEnd(upload.id, ended)
    await uploads.recordAttemptEnd(upload.id, randomUUID())
    expect(await begin(upload)).toEqual({ starts: 2, crashes: 0 })
  })

  test('can be taken back without a record', async () => {
    await uploads.recordAttemptEnd(asUploadId(revisionAt(1)), randomUUID())
  })

  test('is counted for each of twenty concurrent attempts', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    const begun = await Promise.all(Array.from({ length: 20 }, () => begin(upload)))
    const starts = begun.map((one) => ('starts' in one ? one.starts : 0))
    expect(starts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  test('returns the outcome if there is one', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    await begin(upload)
    await uploads.recordVerdict(upload, CORRUPT)
    expect(await begin(upload)).toEqual({ outcome: 'rejected' })
  })

  test('is superseded after a newer change, and its variants are purged', async () => {
    const user = newUser()
    const upload = uploadAt(1, asUserId(user))
    await avatars.change(toGravatar(asUserId(user), revisionAt(2)))
    expect(await begin(upload)).toEqual({ outcome: 'superseded' })
    expect(await uploads.find(upload.id)).toMatchObject({ state: 'superseded' })
    expect(await isPurged(upload.id)).toBe(true)
  })
})

describe('a commit', () => {
  test('sets the picture of the user', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    await begin(upload)
    expect(await uploads.commitPicture(upload, picture)).toBe('ready')
    expect(await pictureOf(upload.userId)).toBe(upload.id)
    const receipt = await uploads.find(upload.id)
    expect(receipt).toMatchObject({ state: 'ready', reason: null, finishedAt: expect.any(Date) })
    expect(await isPurged(upload.id)).toBe(false)
  })

  test('is applied once by ten concurrent calls', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    await begin(upload)
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => uploads.commitPicture(upload, picture)),
    )
    expect(new Set(outcomes)).toEqual(new Set(['ready']))
    expect(await isPurged(upload.id)).toBe(false)
  })

  test('after a newer change is superseded, and its variants are purged', async () => {
    const user = newUser()
    const [older, newer] = [uploadAt(1, asUserId(user)), uploadAt(2, asUserId(user))]
    for (const one of [older, newer]) await begin(one)
    expect(await uploads.commitPicture(newer, picture)).toBe('ready')
    expect(await uploads.commitPicture(older, picture)).toBe('superseded')
    expect(await pictureOf(user)).toBe(newer.id)
    expect(await isPurged(older.id)).toBe(true)
    expect(await isPurged(newer.id)).toBe(false)
  })

  test('repeated after a newer one changes neither the outcome nor the picture', async () => {
    const user = newUser()
    const [older, newer] = [uploadAt(1, asUserId(user)), uploadAt(2, asUserId(user))]
    for (const one of [older, newer]) {
      await begin(one)
      expect(await uploads.commitPicture(one, picture)).toBe('ready')
    }
    expect(await uploads.commitPicture(older, picture)).toBe('ready')
    expect(await pictureOf(user)).toBe(newer.id)
    expect(await isPurged(older.id)).toBe(true)
  })

  test('of 50 concurrent uploads of one user leaves the newest', async () => {
    const user = newUser()
    const all = Array.from({ length: 50 }, (_, i) => uploadAt(1000 + i, asUserId(user)))
    await Promise.all(
      shuffled(all).map(async (one) => {
        await begin(one)
        return uploads.commitPicture(one, picture)
      }),
    )
    const newest = all.at(-1)
    expect(await pictureOf(user)).toBe(newest?.id)
    for (const { id } of all) {
      expect((await uploads.find(id))?.state, id).toMatch(/^(ready|superseded)$/)
      expect(await isPurged(id), id).toBe(id !== newest?.id)
    }
  })

  test('that fails in the middle is rolled back', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    await begin(upload)
    const bad = { ...picture, color: 'not a colour' }
    await expect(uploads.commitPicture(upload, bad)).rejects.toMatchObject({
      problem: 'databaseFailed',
    })
    expect(await uploads.find(upload.id)).toMatchObject({ state: 'processing' })
    expect(await pictureOf(upload.userId)).toBeUndefined()
    expect(await uploads.commitPicture(upload, picture)).toBe('ready')
  })
})

describe('the first outcome wins', () => {
  const ends = {
    ready: (one: ReturnType<typeof uploadAt>) => uploads.commitPicture(one, picture),
    rejected: (one: ReturnType<typeof uploadAt>) => uploads.recordVerdict(one, CORRUPT),
    failed: (one: ReturnType<typeof uploadAt>) => uploads.recordVerdict(one, { state: 'failed' }),
    superseded: (one: ReturnType<typeof uploadAt>) =>
      uploads.recordVerdict(one, { state: 'superseded' }),
  }
  const pairs = Object.entries(ends).flatMap(([a, first]) =>
    Object.entries(ends).map(([b, second]) => [a, b, first, second] as const),
  )

  test.each(pairs)('%s, then %s', async (state, _, first, second) => {
    const upload = uploadAt(1, asUserId(newUser()))
    await begin(upload)
    expect(await first(upload)).toBe(state)
    const before = await uploads.find(upload.id)
    expect(await second(upload)).toBe(state)
    expect(await uploads.find(upload.id)).toEqual(before)
    expect(await pictureOf(upload.userId)).toBe(state === 'ready' ? upload.id : undefined)
    expect(await isPurged(upload.id)).toBe(state !== 'ready')
  })

  test('of concurrent outcomes, and every caller gets the same one', async () => {
    for (let i = 0; i < 20; i++) {
      const upload = uploadAt(i, asUserId(newUser()))
      await begin(upload)
      const returned = new Set(
        await Promise.all(shuffled(Object.values(ends)).map((end) => end(upload))),
      )
      const state = (await uploads.find(upload.id))?.state
      expect([...returned]).toEqual([state])
      expect(await pictureOf(upload.userId)).toBe(state === 'ready' ? upload.id : undefined)
    }
  })

  test('even without the begin of an attempt', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    expect(await uploads.recordVerdict(upload, { state: 'failed' })).toBe('failed')
    expect(await uploads.find(upload.id)).toMatchObject({
      state: 'failed',
      correlationId: upload.correlationId,
    })
  })
})
