import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import jwt from 'jsonwebtoken'
import { expect, test } from 'vitest'
import { dataFolder, root } from '../support/servers/launcher.ts'

const { PATH, HOME } = process.env

function token(dataDir: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync('npm', ['run', 'token', '--', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH, HOME, DATA_DIR: dataDir, ...env },
  })
}

test('npm run token prints only a token, signed with the secret of the folder', () => {
  const dataDir = dataFolder()
  const { status, stdout } = token(dataDir, ['ada', '--email', 'ada@example.com', '--ttl', '2h'])
  expect(status).toBe(0)
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  const file = join(dataDir, 'jwt-secret')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const secret = readFileSync(file, 'utf8')
  expect(Buffer.from(secret, 'base64url').length).toBeGreaterThanOrEqual(32)
  const claims = jwt.verify(stdout.trim(), secret, { algorithms: ['HS256'] }) as jwt.JwtPayload
  const { iat = 0, exp = 0, ...rest } = claims
  expect(rest).toEqual({ sub: 'ada', token_type: 'access', email: 'ada@example.com' })
  expect(exp - iat).toBe(7200)
})

test('a client token has the given scopes, and JWT_SECRET takes precedence over the folder', () => {
  const secret = 'a secret of the environment, of 32 bytes or more'
  const args = ['ada', '--client-id', 'app', '--scope', 'UserInfo.Read', '--scope', 'Files.Read']
  const { stdout } = token(dataFolder(), args, { JWT_SECRET: secret })
  expect(jwt.verify(stdout.trim(), secret)).toMatchObject({
    client_id: 'app',
    scopes: ['UserInfo.Read', 'Files.Read'],
  })
})

test('the token uses the algorithm in JWT_ALGORITHMS', () => {
  const secret = 'a secret of the environment, of 32 bytes or more'
  const env = { JWT_SECRET: secret, JWT_ALGORITHMS: 'HS384, HS256' }
  const { stdout } = token(dataFolder(), ['ada'], env)
  expect(jwt.verify(stdout.trim(), secret, { algorithms: ['HS384'] })).toBeTruthy()
})

test.each(['JWT_PUBLIC_KEY', 'JWT_JWKS_URL'])('with %s it signs no token', (name) => {
  const { status, stdout, stderr } = token(dataFolder(), ['ada'], { [name]: 'given' })
  expect(status).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain('Get a token from the issuer')
})

test.each(
  [[], ['ada', 'bob'], ['ada', '--ttl', 'soon'], ['ada', '--unknown']].map((args) => [args]),
)('wrong usage %j prints an error to standard error and exits with code 2', (args) => {
  const { status, stdout, stderr } = token(dataFolder(), args)
  expect(status).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain('Usage: npm run token -- <sub>')
})
