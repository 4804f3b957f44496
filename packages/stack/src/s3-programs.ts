import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onPath } from './os.ts'
import type { Launched, Program } from './process.ts'

/** Where and as whom an S3 server is to serve. */
export interface S3Place {
  readonly folder: string
  readonly port: number
  readonly accessKey: string
  readonly secretKey: string
  readonly region: string
}

/** How to run one program that speaks S3. Its name is that of its data folder as well. */
export interface S3Program {
  readonly name: string
  find(): string | undefined
  run(place: S3Place): Pick<Program, 'args' | 'env' | 'ipc'>
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
  ready: healthy,
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
  ready: healthy,
}

const s3rver: S3Program = {
  name: 's3rver',
  find: () => process.execPath,
  run: ({ folder, port, accessKey, secretKey }) => ({
    // Its list paging needs a cipher that OpenSSL 3 counts as legacy.
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

/** In the order of preference; the last is always there. */
export const s3Programs: readonly S3Program[] = [
  minioLike('minio'),
  minioLike('silo'),
  rustfs,
  s3rver,
]

/** Polls the health route that all of these share, as they tell their readiness in no other way. */
async function healthy(_server: Launched, port: number): Promise<void> {
  const ok = () =>
    fetch(`http://127.0.0.1:${port}/minio/health/ready`).then(
      (response) => response.ok,
      () => false,
    )
  while (!(await ok())) await delay(50)
}
