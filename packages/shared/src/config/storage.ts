import { isIP } from 'node:net'
import type { StorageSettings } from '../storage/client.ts'
import { certificates } from './pem.ts'
import type { Config } from './read.ts'
import { formats, oneOf, optional, required, withDefault } from './setting.ts'

/** How the object store is reached, and what is asked of it with each object. */
export const storeSettings = {
  s3Endpoint: required('S3_ENDPOINT', formats.httpUrl, 'the object store'),
  s3AccessKey: required('S3_ACCESS_KEY', formats.text, 'the access key of the object store'),
  s3SecretKey: required('S3_SECRET_KEY', formats.text, 'the secret key of the object store'),
  s3Bucket: withDefault('S3_BUCKET', formats.text, 'visage', 'the private bucket'),
  s3Region: withDefault('S3_REGION', formats.text, 'us-east-1', 'the region of the bucket'),
  s3PathStyle: withDefault(
    'S3_PATH_STYLE',
    formats.switch,
    'true',
    'whether the bucket is named in the path, or before the host of S3_ENDPOINT',
  ),
  s3Ca: optional(
    'S3_CA',
    certificates,
    'the authorities that the certificate of the object store may be by, if not the usual ones',
  ),
  s3Sse: optional(
    'S3_SSE',
    oneOf('AES256', 'aws:kms'),
    'the encryption that is asked for with every object that is written; without it the bucket decides',
  ),
  s3SseKmsKeyId: optional(
    'S3_SSE_KMS_KEY_ID',
    formats.text,
    'the key that S3_SSE=aws:kms encrypts with, if not the usual one of the store',
  ),
  s3Timeout: withDefault(
    'S3_TIMEOUT',
    formats.interval,
    '5s',
    'how long one request to the object store may take',
  ),
} as const

type StoreConfig = Config<typeof storeSettings>

export function storeProblems(config: Partial<StoreConfig>): string[] {
  return [...unusedCa(config), ...unusedKey(config), ...impossibleHost(config)]
}

function unusedCa({ s3Ca, s3Endpoint }: Partial<StoreConfig>): string[] {
  if (!s3Ca || !s3Endpoint || s3Endpoint.startsWith('https:')) return []
  return ['S3_CA is for an S3_ENDPOINT with https']
}

function unusedKey({ s3Sse, s3SseKmsKeyId }: Partial<StoreConfig>): string[] {
  if (!s3SseKmsKeyId || s3Sse === 'aws:kms') return []
  return ['S3_SSE_KMS_KEY_ID is for S3_SSE=aws:kms']
}

/** Before an address no name can stand; behind a dot in the bucket's a certificate for any of them does not hold. */
function impossibleHost({
  s3PathStyle,
  s3Endpoint,
  s3Bucket = '',
}: Partial<StoreConfig>): string[] {
  if (s3PathStyle !== false || !s3Endpoint) return []
  const { hostname, protocol } = new URL(s3Endpoint)
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
  if (isAddress) return ['S3_PATH_STYLE=false is for an S3_ENDPOINT with a host name']
  if (protocol === 'http:' || !s3Bucket.includes('.')) return []
  return ['S3_PATH_STYLE=false with https is for an S3_BUCKET without dots']
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
