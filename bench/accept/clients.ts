import { Redis } from 'ioredis'
import { Client } from 'minio'

const { S3_ENDPOINT = '', S3_ACCESS_KEY = '', S3_SECRET_KEY = '', S3_BUCKET = '' } = process.env
const { hostname, port, protocol } = new URL(S3_ENDPOINT)

/** Clients with the settings that their documentation recommends. */
export const bucket = S3_BUCKET
export const minio = new Client({
  endPoint: hostname,
  ...(port && { port: Number(port) }),
  useSSL: protocol === 'https:',
  accessKey: S3_ACCESS_KEY,
  secretKey: S3_SECRET_KEY,
  region: process.env.S3_REGION ?? '',
})
export const redis = () => new Redis(process.env.REDIS_URL ?? '', { maxRetriesPerRequest: null })
export const prefix = process.env.QUEUE_PREFIX ?? ''
