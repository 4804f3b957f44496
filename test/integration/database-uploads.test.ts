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

describe('an attempt that begins', () => {
  test('makes the receipt', async () => {
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

  test('again is counted, and leaves the receipt as it is', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    await begin(upload)
    const before = await uploads.find(upload.id)
    expect(await begin(upload)).toEqual({ starts: 2, crashes: 0 })
    expect(await uploads.find(upload.id)).toEqual(before)
  })

  test('and has come to an end without an outcome is not counted', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    const [first, second] = [randomUUID(), randomUUID()]
    await begin(upload, first)
    await begin(upload, second)
    await uploads.recordAttemptEnd(upload.id, first)
    expect(await begin(upload)).toEqual({ starts: 2, crashes: 0 })
  })

  test('is counted once and taken back once, however often that is said', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    const [crashed, ended] = [randomUUID(), randomUUID()]
    await begin(upload, crashed)
    await begin(upload, ended)
    expect(await begin(upload, ended)).toEqual({ starts: 2, crashes: 0 })
    for (const _ of [1, 2, 3]) await uploads.recordAttemptEnd(upload.id, ended)
    await uploads.recordAttemptEnd(upload.id, randomUUID())
    expect(await begin(upload)).toEqual({ starts: 2, crashes: 0 })
  })

  test('that was never noted can be taken back', async () => {
    await uploads.recordAttemptEnd(asUploadId(revisionAt(1)), randomUUID())
  })

  test('twenty times at once is counted twenty times', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    const begun = await Promise.all(Array.from({ length: 20 }, () => begin(upload)))
    const starts = begun.map((one) => ('starts' in one ? one.starts : 0))
    expect(starts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  test('when there is an outcome is told that', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    await begin(upload)
    await uploads.recordVerdict(upload, CORRUPT)
    expect(await begin(upload)).toEqual({ outcome: 'rejected' })
  })

  test('when a newer change has won is superseded, and what it published is purged', async () => {
    const user = newUser()
    const upload = uploadAt(1, asUserId(user))
    await avatars.change(toGravatar(asUserId(user), revisionAt(2)))
    expect(await begin(upload)).toEqual({ outcome: 'superseded' })
    expect(await uploads.find(upload.id)).toMatchObject({ state: 'superseded' })
    expect(await isPurged(upload.id)).toBe(true)
  })
})

describe('a commit', () => {
  test('makes the picture the user’s', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    await begin(upload)
    expect(await uploads.commitPicture(upload, picture)).toBe('ready')
    expect(await pictureOf(upload.userId)).toBe(upload.id)
    const receipt = await uploads.find(upload.id)
    expect(receipt).toMatchObject({ state: 'ready', reason: null, finishedAt: expect.any(Date) })
    expect(await isPurged(upload.id)).toBe(false)
  })

  test('of ten at once is one', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    await begin(upload)
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => uploads.commitPicture(upload, picture)),
    )
    expect(new Set(outcomes)).toEqual(new Set(['ready']))
    expect(await isPurged(upload.id)).toBe(false)
  })

  test('that comes after a newer change is superseded, and its variants are purged', async () => {
    const user = newUser()
    const [older, newer] = [uploadAt(1, asUserId(user)), uploadAt(2, asUserId(user))]
    for (const one of [older, newer]) await begin(one)
    expect(await uploads.commitPicture(newer, picture)).toBe('ready')
    expect(await uploads.commitPicture(older, picture)).toBe('superseded')
    expect(await pictureOf(user)).toBe(newer.id)
    expect(await isPurged(older.id)).toBe(true)
    expect(await isPurged(newer.id)).toBe(false)
  })

  test('made again after a newer one changes neither the outcome nor the picture', async () => {
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

  test('of 50 uploads of one user at once leaves the newest', async () => {
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

  test('that fails half way leaves nothing of it', async () => {
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

  test('of all of them at once, and everybody is told the same one', async () => {
    for (let i = 0; i < 20; i++) {
      const upload = uploadAt(i, asUserId(newUser()))
      await begin(upload)
      const told = new Set(
        await Promise.all(shuffled(Object.values(ends)).map((end) => end(upload))),
      )
      const state = (await uploads.find(upload.id))?.state
      expect([...told]).toEqual([state])
      expect(await pictureOf(upload.userId)).toBe(state === 'ready' ? upload.id : undefined)
    }
  })

  test('even where no attempt was seen to begin', async () => {
    const upload = uploadAt(1, asUserId(newUser()))
    expect(await uploads.recordVerdict(upload, { state: 'failed' })).toBe('failed')
    expect(await uploads.find(upload.id)).toMatchObject({
      state: 'failed',
      correlationId: upload.correlationId,
    })
  })
})
