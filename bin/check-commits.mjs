// Part of npm run check: fails if a commit subject is longer than 72 characters.
import { spawnSync } from 'node:child_process'
import { root } from './setup.mjs'

const MAX_LENGTH = 72

/** The commit from which on the rule holds. Older subjects stay as they are. */
const SINCE = '754de63'

const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' })

// A source archive has no history, and a shallow clone has a part of it.
const isKnown = git('cat-file', '-e', `${SINCE}^{commit}`).status === 0
const range = isKnown ? `${SINCE}..HEAD` : '-1'
const { status, stdout } = git('log', '--no-merges', '--format=%h %s', range)
const subjects = status === 0 ? stdout.split('\n').filter(Boolean) : []
const long = subjects.filter((line) => line.slice(line.indexOf(' ') + 1).length > MAX_LENGTH)
for (const line of long)
  process.stderr.write(`✗ Commit subject is longer than ${MAX_LENGTH} characters: ${line}\n`)
process.exitCode = long.length > 0 ? 1 : 0
