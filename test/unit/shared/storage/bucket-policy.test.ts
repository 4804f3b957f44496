import { publicGrants } from '@visage/shared/storage/bucket-policy'
import { expect, test } from 'vitest'

const EVERYBODY = { Effect: 'Allow', Principal: '*' }
const on = (path: string) => `arn:aws:s3:::visage/${path}`
const opened = (...statements: object[]) =>
  publicGrants(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'visage')

test('public reads of variants are allowed', () => {
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
])('any other grant is reported: %s on %s', (Action, Resource, grant) => {
  expect(opened({ ...EVERYBODY, Action, Resource })).toEqual([grant])
})

test('each action on each resource is listed separately', () => {
  const Action = ['s3:GetObject', 's3:DeleteObject']
  const Resource = [on('avatars/*'), on('raw/*')]
  expect(opened({ ...EVERYBODY, Action, Resource })).toEqual([
    's3:GetObject on raw/*',
    's3:DeleteObject on avatars/*',
    's3:DeleteObject on raw/*',
  ])
})

test.each([{ AWS: '*' }, { AWS: ['arn:aws:iam::1:root', '*'] }])(
  '%j means everyone',
  (Principal) => {
    expect(opened({ Effect: 'Allow', Principal, Action: 's3:*', Resource: on('*') })).toEqual([
      's3:* on *',
    ])
  },
)

test('NotAction grants more than reads', () => {
  const but = { ...EVERYBODY, NotAction: 's3:PutObject', Resource: on('avatars/*') }
  expect(opened(but)).toEqual(['all actions except those in NotAction on avatars/*'])
})

test('a deny, or an allow for a named principal, grants nothing', () => {
  const all = { Action: 's3:*', Resource: on('*') }
  expect(opened({ ...all, Effect: 'Deny', Principal: '*' })).toEqual([])
  expect(opened({ ...all, Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::1:root' } })).toEqual([])
  expect(opened()).toEqual([])
})
