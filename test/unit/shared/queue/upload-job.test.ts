import { makeRevision } from '@visage/shared/avatar/revision'
import type { Upload } from '@visage/shared/avatar/upload'
import {
  fromJobData,
  MAINTENANCE_QUEUE,
  toJobData,
  UPLOAD_QUEUE,
} from '@visage/shared/queue/upload-job'
import { expect, test } from 'vitest'
import { asUploadId, asUserId } from '../../../support/domain/brands.ts'

const upload: Upload = {
  id: asUploadId(makeRevision(1_700_000_000_123, Buffer.alloc(10, 7))),
  userId: asUserId('Ωμέγα/../👩‍👧'),
  bytes: 4711,
  format: 'webp',
  acceptedAt: new Date(1_700_000_000_123),
  correlationId: '5e9a3f0e-0000-4000-8000-000000000001',
  framing: { crop: { x: 1, y: 2, width: 300, height: 400 } },
}

test('an upload survives serialisation in its job', () => {
  const stored = JSON.parse(JSON.stringify(toJobData(upload)))
  expect(fromJobData(stored)).toEqual(upload)
})

test('a job without a framing is centred', () => {
  const { framing: _, ...old } = toJobData(upload)
  expect(fromJobData(old as never).framing).toEqual({ gravity: 'centre' })
})

test('a job has no extra data', () => {
  const fields = ['bytes', 'correlation_id', 'format', 'framing', 'upload_id', 'user_id']
  expect(Object.keys(toJobData(upload)).toSorted()).toEqual(fields)
})

test('queue names are valid for the queue library', () => {
  for (const name of [UPLOAD_QUEUE, MAINTENANCE_QUEUE]) expect(name).not.toContain(':')
})
