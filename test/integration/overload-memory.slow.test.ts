import { readFileSync } from 'node:fs'
import type { App } from '@visage/stack/app'
import { beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/domain/eventually.ts'
import { Client, type Reply, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const MIB = 1024 ** 2
const LARGEST = 16 * MIB
const BUDGET = 256 * MIB
/** Memory of the process besides the bodies, including the overhead of each body. */
const BESIDE = 150 * MIB
const CLIENTS = 64

const world = useWorld()
let app: App
let api: Client
let jpeg: Buffer
let replies: Reply[]
let peak: number

/** Sends all uploads concurrently and measures the peak memory. */
beforeAll(async () => {
  app = await world.startApiProcess({ S3_TIMEOUT: '60s', REFUSED_BODY_TIMEOUT: '60s' })
  api = new Client(app)
  jpeg = await photo({ width: 64, height: 64 })
  const body = Buffer.concat([jpeg], LARGEST)
  const users = Array.from({ length: CLIENTS }, someone)
  replies = await Promise.all(users.map((user) => api.put(tokenOf(user), body)))
  peak = peakOf(app)
  process.stdout.write(`${CLIENTS} uploads of 16 MiB: ${Math.round(peak / MIB)} MiB at most\n`)
}, 240_000)

/** Peak memory of the process in bytes (`VmHWM` of Linux). NaN on other systems. */
function peakOf({ pid }: App): number {
  if (process.platform !== 'linux') return Number.NaN
  const [, kib = ''] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

test('uploads above the budget are refused with Retry-After', () => {
  const withCode = (code: number) => replies.filter(({ json }) => json.code === code)
  const [accepted, refused] = [withCode(0), withCode(503)]
  expect(accepted.length + refused.length).toBe(CLIENTS)
  expect(accepted.length).toBeGreaterThanOrEqual(BUDGET / LARGEST / 2)
  expect(refused.length).toBeGreaterThan(0)
  for (const { headers } of refused) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
})

test('every upload is accepted afterwards', { timeout: 150_000 }, async () => {
  const user = someone()
  await world.startWorkerProcess()
  const id = await api.upload(user, jpeg)
  const isReady = async () => (await api.receipt(user, id)).state === 'ready'
  await eventually('the picture', 120_000, isReady)
})

test.runIf(process.platform === 'linux')('the process uses at most the budget plus 150 MiB', () => {
  expect(peak).toBeLessThan(BUDGET + BESIDE)
})
