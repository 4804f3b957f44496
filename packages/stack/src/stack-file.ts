import { writeAtomically } from './atomic-write.ts'

/** Content of DATA_DIR/stack.json. The file exists from when the stack is ready until it stops. */
export interface StackFile {
  /** Base URL of the API, with `API_PREFIX`. */
  readonly apiUrl: string
  readonly opsUrl: string
  /** Ops URL of the first worker. */
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
  /** External servers have no pid here. */
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
  writeAtomically(path, `${JSON.stringify(stack, undefined, 2)}\n`)
