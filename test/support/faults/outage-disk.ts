import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Environment } from '../world/world.ts'
import { StoreFront } from './outage-store-front.ts'
import type { FaultServers } from './servers.ts'

/** Disk of the object store, or a simulation of it if no file system can be mounted. */
export interface SmallDisk {
  readonly kind: 'a file system of 2 MiB' | 'answers of 507'
  readonly env: Environment
  fill(): void
  free(): void
}

/**
 * Restarts the object store on a file system of 2 MiB, if this process may mount one, and restores it after the test.
 * Otherwise simulates a full disk with answers of 507.
 */
export async function putOnSmallDisk(servers: FaultServers): Promise<SmallDisk> {
  const folder = dataFolder(servers)
  await servers.s3.stop()
  const mounted = mount(folder)
  await servers.s3.start()
  if (!mounted) return refusing(servers)
  onTestFinished(async () => {
    await servers.s3.stop()
    unmount(folder)
    await servers.s3.start()
  })
  const ballast = join(folder, 'ballast')
  return {
    kind: 'a file system of 2 MiB',
    env: {},
    fill: () => fillUp(ballast),
    free: () => rmSync(ballast),
  }
}

/** Returns the data folder of the object store, which is next to its log. */
function dataFolder({ s3: { server } }: FaultServers): string {
  return join(server.log?.replace(/\.log$/, '') ?? '', server.program)
}

/** Mounts a small file system over the folder and copies the content of the folder to it. */
function mount(folder: string): boolean {
  const copy = mkdtempSync(join(tmpdir(), 'visage-disk-'))
  cpSync(folder, copy, { recursive: true })
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'tmpfs', folder])
  if (status === 0) cpSync(copy, folder, { recursive: true })
  rmSync(copy, { recursive: true })
  return status === 0
}

function unmount(folder: string): void {
  const { status, stderr } = spawnSync('umount', [folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${folder} stays mounted: ${stderr}`)
}

/** Fills the disk to the last byte. */
function fillUp(ballast: string): void {
  writeFileSync(ballast, '')
  for (const size of [65_536, 4096, 512, 1]) while (append(ballast, Buffer.alloc(size)));
}

function append(file: string, bytes: Buffer): boolean {
  try {
    writeFileSync(file, bytes, { flag: 'a' })
    return true
  } catch {
    return false
  }
}

async function refusing({ s3 }: FaultServers): Promise<SmallDisk> {
  const front = await StoreFront.open(s3.port)
  onTestFinished(() => front.close())
  return {
    kind: 'answers of 507',
    env: { S3_ENDPOINT: front.endpoint },
    fill: () => front.refuse({ status: 507, method: 'PUT' }),
    free: () => front.pass(),
  }
}
