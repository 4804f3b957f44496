import type { StackConfig } from './config.ts'
import type { DataFolder } from './folder.ts'
import type { Process } from './process.ts'
import type { Terminal } from './terminal.ts'

export interface StackContext {
  /** Root folder of the project, which contains the apps. */
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  readonly config: StackConfig
  readonly folder: DataFolder
  /** `undefined` if the API verifies tokens with external keys. */
  readonly jwtSecret: string | undefined
  readonly terminal: Terminal
  /** Adds a process that must run as long as the stack does. */
  readonly watch: (process: Process) => void
}
