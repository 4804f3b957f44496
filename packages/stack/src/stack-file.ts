import { writeWhole } from './files.ts'

/** What DATA_DIR/stack.json tells, from when all is ready until the stop. */
export interface StackFile {
  /** What every path of the API is added to. */
  readonly apiUrl: string
  readonly opsUrl: string
  /** Of the first worker. */
  readonly workerOpsUrl: string
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly s3: {
    readonly endpoint: string
    readonly accessKey: string
    readonly secretKey: string
    readonly bucket: string
    readonly region: string
  }
  /** Servers that were given have none. */
  readonly pids: {
    readonly launcher: number
    readonly postgres?: number | undefined
    readonly redis?: number | undefined
    readonly s3?: number | undefined
    readonly api: number
    readonly workers: readonly number[]
  }
}

export const writeStackFile = (path: string, stack: StackFile): void =>
  writeWhole(path, `${JSON.stringify(stack, undefined, 2)}\n`)
