import type { StackConfig } from './config.ts'
import type { DataFolder } from './folder.ts'
import type { Process } from './process.ts'
import type { Terminal } from './terminal.ts'

export interface StackContext {
  /** The project: the apps are below. */
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  readonly config: StackConfig
  readonly folder: DataFolder
  /** Absent: the API is given other keys to check tokens with. */
  readonly jwtSecret: string | undefined
  readonly terminal: Terminal
  /** Told of each process that is to live as long as the stack. */
  readonly watch: (process: Process) => void
}
