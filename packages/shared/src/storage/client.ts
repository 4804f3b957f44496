import type { Agent } from 'node:http'
import { Client } from 'minio'
import { createAgent, createTransport } from './transport.ts'

export interface StorageSettings {
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  readonly bucket: string
  readonly region: string
}

export interface StorageClient {
  readonly minio: Client
  readonly agent: Agent
}

/** @param timeout milliseconds that one request may take */
export function createStorageClient(settings: StorageSettings, timeout: number): StorageClient {
  const url = new URL(settings.endpoint)
  const agent = createAgent(url.protocol)
  const minio = new Client({
    endPoint: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    useSSL: url.protocol === 'https:',
    accessKey: settings.accessKey,
    secretKey: settings.secretKey,
    region: settings.region,
    pathStyle: true,
    transport: createTransport(url.protocol, timeout),
    transportAgent: agent,
    retryOptions: { disableRetry: true },
  })
  return { minio, agent }
}
