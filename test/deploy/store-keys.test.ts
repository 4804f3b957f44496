import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { root } from '../support/deploy/dockerfile.ts'

const folder = `${root}deploy/compose/store-keys`

interface Policy {
  readonly Statement: readonly { Action: string[]; Resource: string[] }[]
}

/** Each right as `s3:GetObject raw/*`; on the bucket itself as `s3:ListBucket the bucket`. */
function rightsOf(key: string): string[] {
  const { Statement } = JSON.parse(readFileSync(`${folder}/${key}.json`, 'utf8')) as Policy
  const rights = Statement.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((on) => `${action} ${placeOf(on)}`)),
  )
  return rights.sort()
}

const placeOf = (resource: string) =>
  resource.replace(/^arn:aws:s3:::visage\/?/, '') || 'the bucket'

/** What docs/security.md says that a process may do. */
function rightsInDocument(who: RegExp): string[] {
  const rows = readFileSync(`${root}docs/security.md`, 'utf8').matchAll(
    /^\| ([\w, ]+) \| ((?:`s3:\w+`(?:, )?)+) \| ([^|]+) \|$/gm,
  )
  const rights = [...rows]
    .filter(([, subject = '']) => who.test(subject))
    .flatMap(([, , actions = '', places = '']) =>
      [...actions.matchAll(/s3:\w+/g)].flatMap(([action]) =>
        places.split(', ').map((place) => `${action} ${placeIn(place)}`),
      ),
    )
  return rights.sort()
}

const placeIn = (place: string) => /`([^`]+)`/.exec(place)?.[1] ?? 'the bucket'

test.each([
  ['visage-api', /both|API/],
  ['visage-worker', /both|worker/],
])('the key %s has the rights of docs/security.md, and no other', (key, who) => {
  expect(rightsOf(key)).toEqual(rightsInDocument(who))
  expect(rightsOf(key)).toContain('s3:ListBucket the bucket')
})

test('the script that creates the keys is valid shell', () => {
  execFileSync('/bin/sh', ['-n', `${folder}/make.sh`])
})
