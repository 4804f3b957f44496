import { publicGrants } from '@visage/shared/storage/bucket-policy'
import { expect, test } from 'vitest'

const EVERYBODY = { Effect: 'Allow', Principal: '*' }
const on = (path: string) => `arn:aws:s3:::visage/${path}`
const opened = (...statements: object[]) =>
  publicGrants(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'visage')

test('reading variants may be open', () => {
  const read = { ...EVERYBODY, Action: 's3:GetObject', Resource: on('avatars/*') }
  expect(opened(read)).toEqual([])
  expect(publicGrants(JSON.stringify({ Statement: read }), 'visage')).toEqual([])
})

test.each([
  ['s3:GetObject', on('*'), 's3:GetObject on *'],
  ['s3:GetObject', on('raw/*'), 's3:GetObject on raw/*'],
  ['s3:PutObject', on('avatars/*'), 's3:PutObject on avatars/*'],
  ['s3:ListBucket', 'arn:aws:s3:::visage', 's3:ListBucket on arn:aws:s3:::visage'],
  ['s3:*', on('avatars/*'), 's3:* on avatars/*'],
  ['s3:GetObject', '*', 's3:GetObject on *'],
])('anything else is told: %s on %s', (Action, Resource, told) => {
  expect(opened({ ...EVERYBODY, Action, Resource })).toEqual([told])
})

test('each action on each resource is told by itself', () => {
  const Action = ['s3:GetObject', 's3:DeleteObject']
  const Resource = [on('avatars/*'), on('raw/*')]
  expect(opened({ ...EVERYBODY, Action, Resource })).toEqual([
    's3:GetObject on raw/*',
    's3:DeleteObject on avatars/*',
    's3:DeleteObject on raw/*',
  ])
})

test.each([{ AWS: '*' }, { AWS: ['arn:aws:iam::1:root', '*'] }])(
  'everybody is also written as %j',
  (Principal) => {
    expect(opened({ Effect: 'Allow', Principal, Action: 's3:*', Resource: on('*') })).toEqual([
      's3:* on *',
    ])
  },
)

test('all but some actions is more than reading', () => {
  const but = { ...EVERYBODY, NotAction: 's3:PutObject', Resource: on('avatars/*') }
  expect(opened(but)).toEqual(['all actions except those in NotAction on avatars/*'])
})

test('what is denied, or allowed to somebody by name, opens nothing', () => {
  const all = { Action: 's3:*', Resource: on('*') }
  expect(opened({ ...all, Effect: 'Deny', Principal: '*' })).toEqual([])
  expect(opened({ ...all, Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::1:root' } })).toEqual([])
  expect(opened()).toEqual([])
})
