import { isIP } from 'node:net'
import type { StorageSettings } from '../storage/client.ts'
import { certificates } from './pem.ts'
import type { Config } from './read.ts'
import { formats, oneOf, optional, required, withDefault } from './setting.ts'

export const storeSettings = {
  s3Endpoint: required(
    'S3_ENDPOINT',
    formats.httpUrl,
    'URL of the S3 API of the object store, without the bucket.',
  ),
  s3AccessKey: required('S3_ACCESS_KEY', formats.text, 'Access key ID for the object store.'),
  s3SecretKey: required('S3_SECRET_KEY', formats.text, 'Secret access key for the object store.'),
  s3Bucket: withDefault(
    'S3_BUCKET',
    formats.text,
    'visage',
    'Name of the bucket. The bucket must be private.',
  ),
  s3Region: withDefault(
    'S3_REGION',
    formats.text,
    'us-east-1',
    'Region of the bucket. Stores without regions accept the default.',
  ),
  s3PathStyle: withDefault(
    'S3_PATH_STYLE',
    formats.switch,
    'true',
    'Puts the bucket name in the path of the URL. With `false` it becomes the first part of the host name. Set it to `false` if your store requires virtual-hosted addresses.',
  ),
  s3Ca: optional(
    'S3_CA',
    certificates,
    'Certificate authorities that may sign the certificate of the object store. They replace the authorities that Node trusts. Set it if the store has a certificate of a private authority.',
  ),
  s3Sse: optional(
    'S3_SSE',
    oneOf('AES256', 'aws:kms'),
    'Server-side encryption that Visage requests for each object that it writes. Without it, the default of the bucket applies.',
  ),
  s3SseKmsKeyId: optional(
    'S3_SSE_KMS_KEY_ID',
    formats.text,
    'ID of the KMS key for `S3_SSE=aws:kms`. Without it, the store uses its default key.',
  ),
  s3Timeout: withDefault(
    'S3_TIMEOUT',
    formats.interval,
    '5s',
    'Maximum time for one request to the object store. Increase it if large uploads time out.',
  ),
} as const

type StoreConfig = Config<typeof storeSettings>

export function storeProblems(config: Partial<StoreConfig>): string[] {
  return [...unusedCa(config), ...unusedKey(config), ...impossibleHost(config)]
}

function unusedCa({ s3Ca, s3Endpoint }: Partial<StoreConfig>): string[] {
  if (!s3Ca || !s3Endpoint || s3Endpoint.startsWith('https:')) return []
  return [
    'S3_CA requires TLS, but S3_ENDPOINT does not use it. S3_ENDPOINT must begin with https://.',
  ]
}

function unusedKey({ s3Sse, s3SseKmsKeyId }: Partial<StoreConfig>): string[] {
  if (!s3SseKmsKeyId || s3Sse === 'aws:kms') return []
  return [
    'S3_SSE_KMS_KEY_ID is set, but S3_SSE is not aws:kms. Set S3_SSE=aws:kms, or remove the key ID.',
  ]
}

/**
 * Virtual-hosted addresses need a host name, because an IP address has no subdomains. A wildcard certificate covers one
 * label, so a bucket name with dots does not match it.
 */
function impossibleHost({
  s3PathStyle,
  s3Endpoint,
  s3Bucket = '',
}: Partial<StoreConfig>): string[] {
  if (s3PathStyle !== false || !s3Endpoint) return []
  const { hostname, protocol } = new URL(s3Endpoint)
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
  if (isAddress)
    return ['S3_ENDPOINT has an IP address. With S3_PATH_STYLE=false it must have a host name.']
  if (protocol === 'http:' || !s3Bucket.includes('.')) return []
  return ['S3_BUCKET contains a dot. With S3_PATH_STYLE=false and https it must not contain dots.']
}

export function storageSettings(config: StoreConfig): StorageSettings {
  return {
    endpoint: config.s3Endpoint,
    accessKey: config.s3AccessKey,
    secretKey: config.s3SecretKey,
    bucket: config.s3Bucket,
    region: config.s3Region,
    pathStyle: config.s3PathStyle,
    ca: config.s3Ca,
    encryption: config.s3Sse && { algorithm: config.s3Sse, keyId: config.s3SseKmsKeyId },
  }
}
