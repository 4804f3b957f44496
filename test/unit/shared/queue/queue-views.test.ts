import { displayedData, jobTitle } from '@visage/shared/queue/queue-views'
import { MAINTENANCE_QUEUE, toJobData, UPLOAD_QUEUE } from '@visage/shared/queue/upload-job'
import { expect, test } from 'vitest'
import { uploadAt } from '../../../support/domain/uploads.ts'

const upload = uploadAt(1)
const data = toJobData(upload)

test('every field of an upload job is either shown or hidden explicitly', () => {
  expect(displayedData(UPLOAD_QUEUE, data)).toEqual(data)
})

test('unknown fields are hidden', () => {
  const more = { ...data, email: 'alice@example.org', token: 'eyJ' }
  expect(displayedData(UPLOAD_QUEUE, more)).toEqual(data)
  expect(displayedData(MAINTENANCE_QUEUE, more)).toEqual({})
  expect(displayedData('another', more)).toEqual({})
})

test.each([null, undefined, 'text', 7, []])(
  'data that is not an object shows nothing: %j',
  (odd) => {
    expect(displayedData(UPLOAD_QUEUE, odd)).toEqual({})
    expect(jobTitle(UPLOAD_QUEUE, 'render', odd)).toBe('render')
  },
)

test('the name of a job has its kind, user and correlation ID', () => {
  expect(jobTitle(UPLOAD_QUEUE, 'render', data)).toBe(
    `render · ${upload.userId} · ${upload.correlationId}`,
  )
  expect(jobTitle(MAINTENANCE_QUEUE, 'sweep', {})).toBe('sweep')
})
