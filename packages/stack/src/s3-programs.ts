import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onPath } from './os.ts'
import type { Launched, Program } from './process.ts'

/** Data folder, port and credentials of an S3 server. */
export interface S3Options {
  readonly folder: string
  readonly port: number
  readonly accessKey: string
  readonly secretKey: string
  readonly region: string
}

/** An S3 server program. Its data folder has the same name. */
export interface S3Program {
  readonly name: string
  find(): string | undefined
  run(options: S3Options): Pick<Program, 'args' | 'env' | 'ipc'>
  ready(server: Launched, port: number): Promise<unknown>
}

const minioLike = (name: string): S3Program => ({
  name,
  find: () => onPath(name),
  run: ({ folder, port, accessKey, secretKey, region }) => ({
    args: ['server', folder, '--address', `127.0.0.1:${port}`],
    env: {
      ...process.env,
      MINIO_ROOT_USER: accessKey,
      MINIO_ROOT_PASSWORD: secretKey,
      MINIO_SITE_REGION: region,
      MINIO_BROWSER: 'off',
    },
  }),
  ready: waitUntilHealthy,
})

const rustfs: S3Program = {
  name: 'rustfs',
  find: () => onPath('rustfs'),
  run: ({ folder, port, accessKey, secretKey, region }) => ({
    args: ['server', '--address', `127.0.0.1:${port}`, folder],
    env: {
      ...process.env,
      RUSTFS_ACCESS_KEY: accessKey,
      RUSTFS_SECRET_KEY: secretKey,
      RUSTFS_REGION: region,
      RUSTFS_CONSOLE_ENABLE: 'false',
    },
  }),
  ready: waitUntilHealthy,
}

const s3rver: S3Program = {
  name: 's3rver',
  find: () => process.execPath,
  run: ({ folder, port, accessKey, secretKey }) => ({
    // s3rver encrypts its list continuation tokens with a cipher that OpenSSL 3 has only in its legacy provider.
    args: ['--openssl-legacy-provider', fileURLToPath(new URL('../s3rver.mjs', import.meta.url))],
    env: {
      S3_FOLDER: folder,
      S3_PORT: `${port}`,
      S3_ACCESS_KEY: accessKey,
      S3_SECRET_KEY: secretKey,
    },
    ipc: true,
  }),
  ready: (server) => server.message(),
}

/** Programs in order of preference. The last one is always installed. */
export const s3Programs: readonly S3Program[] = [
  minioLike('minio'),
  minioLike('silo'),
  rustfs,
  s3rver,
]

/** Polls the health route until it answers. MinIO, Silo and RustFS have the same route and no other readiness signal. */
async function waitUntilHealthy(_server: Launched, port: number): Promise<void> {
  const isHealthy = () =>
    fetch(`http://127.0.0.1:${port}/minio/health/ready`).then(
      (response) => response.ok,
      () => false,
    )
  while (!(await isHealthy())) await delay(50)
}
