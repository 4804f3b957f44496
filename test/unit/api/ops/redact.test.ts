import { expect, test } from 'vitest'
import { redact } from '../../../../apps/api/src/ops/board/redact.ts'

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl'

test.each([
  [`bad token ${JWT}`, 'bad token [token]'],
  ['Authorization: Bearer abc.def~ghi==', 'Authorization: Bearer [token]'],
  ['no route for alice@example.org', 'no route for [address]'],
  ['redis://:hunter2@cache:6379/0 is down', 'redis://[secret]@cache:6379/0 is down'],
  ['postgres://visage:p%40ss@db/visage', 'postgres://[secret]@db/visage'],
  [
    'GET http://s3/b/k?X-Amz-Credential=AKIA&X-Amz-Signature=0af1 failed',
    'GET http://s3/b/k?X-Amz-Credential=[secret]&X-Amz-Signature=[secret] failed',
  ],
])('of %j is left %j', (text, left) => {
  expect(redact(text)).toBe(left)
})

test.each([
  [
    'at run (/srv/visage/apps/worker/dist/consumer.js:90:5)',
    'at run (apps/worker/dist/consumer.js:90:5)',
  ],
  [
    'at file:///srv/v/packages/shared/dist/db/uploads.js:7:1',
    'at packages/shared/dist/db/uploads.js:7:1',
  ],
  ['at /home/ann/node_modules/pg/lib/client.js:1:2', 'at node_modules/pg/lib/client.js:1:2'],
  ['at /home/ann/elsewhere/tool.js:3:4', 'at tool.js:3:4'],
])('a stack trace contains no folder of the machine: %j', (text, left) => {
  expect(redact(text)).toBe(left)
})

test.each([
  'connect ECONNREFUSED 10.0.0.7:9000',
  'at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
  'relation "uploads" does not exist',
  '01990d3c-7b7e-7a3f-8f6e-0123456789ab',
])('what an operator needs stays: %j', (text) => {
  expect(redact(text)).toBe(text)
})
