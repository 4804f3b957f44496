import { displayedData, jobTitle } from '@visage/shared/queue/queue-views'
import { MAINTENANCE_QUEUE, toJobData, UPLOAD_QUEUE } from '@visage/shared/queue/upload-job'
import { expect, test } from 'vitest'
import { uploadAt } from '../../../support/domain/uploads.ts'

const upload = uploadAt(1)
const data = toJobData(upload)

test('all that an upload job carries today is shown: whoever adds to it decides anew', () => {
  expect(displayedData(UPLOAD_QUEUE, data)).toEqual(data)
})

test('what is not known to be harmless is not shown', () => {
  const more = { ...data, email: 'alice@example.org', token: 'eyJ' }
  expect(displayedData(UPLOAD_QUEUE, more)).toEqual(data)
  expect(displayedData(MAINTENANCE_QUEUE, more)).toEqual({})
  expect(displayedData('another', more)).toEqual({})
})

test.each([null, undefined, 'text', 7, []])('data that is no object shows nothing: %j', (odd) => {
  expect(displayedData(UPLOAD_QUEUE, odd)).toEqual({})
  expect(jobTitle(UPLOAD_QUEUE, 'render', odd)).toBe('render')
})

test('a job is called by what it does, its user and its correlation id', () => {
  expect(jobTitle(UPLOAD_QUEUE, 'render', data)).toBe(
    `render · ${upload.userId} · ${upload.correlationId}`,
  )
  expect(jobTitle(MAINTENANCE_QUEUE, 'sweep', {})).toBe('sweep')
})
