import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Server } from '@visage/stack/process'
import { type Redis as RedisServer, startRedis } from '@visage/stack/redis'
import type { Redis } from 'ioredis'
import { eventually } from '../../domain/eventually.ts'
import type { Environment } from '../../world/world.ts'
import { startSentinel, type Watch } from './sentinel-server.ts'
import { connect, plain, type Transport } from './transport.ts'

const SENTINELS = 3
const TIMEOUT = 30_000
const NAME = 'visage-master'

/** User of the replication, so that a test can forbid only replication. */
const COPIER = 'copier'

/** Server and a client of the test. */
interface Watched<S extends Server> {
  readonly server: S
  readonly client: Redis
}
type Copy = Watched<RedisServer>
type Sentinel = Watched<Server>

/** Master, replica and three Sentinels on free ports of loopback. */
export class SentinelSet {
  readonly master: Copy
  readonly replica: Copy
  /** Settings of an app that uses it. */
  readonly env: Environment
  readonly sentinels: readonly Sentinel[]

  private constructor(
    copies: readonly [master: Copy, replica: Copy],
    sentinels: Sentinel[],
    env: Environment,
  ) {
    ;[this.master, this.replica] = copies
    this.sentinels = sentinels
    this.env = env
  }

  static async open(dir: string, transport = plain): Promise<SentinelSet> {
    const [password, sentinelPassword] = [newPassword(), newPassword()]
    const master = await startCopy(join(dir, 'master'), password, transport)
    const replica = await startCopy(join(dir, 'replica'), password, transport, master)
    await says(replica, 'master_link_status:up')
    const watch = { name: NAME, port: master.server.port, password, sentinelPassword }
    const names = Array.from({ length: SENTINELS }, (_, i) => `sentinel-${i}`)
    const starting = names.map((name) => openSentinel(join(dir, name), watch, transport))
    const sentinels = await Promise.all(starting)
    await Promise.all(sentinels.map(knowsAll))
    const hosts = sentinels.map(({ server }) => `127.0.0.1:${server.port}`)
    return new SentinelSet([master, replica], sentinels, {
      ...transport.env,
      REDIS_MODE: 'sentinel',
      REDIS_URL: `${transport.scheme}://:${password}@${hosts}`,
      REDIS_SENTINEL_NAME: NAME,
      REDIS_SENTINEL_PASSWORD: sentinelPassword,
    })
  }

  /** Stops the replication: the replica gets no later write. */
  async stopReplication(): Promise<void> {
    await this.master.client.acl('SETUSER', COPIER, 'off')
    await this.master.client.client('KILL', 'TYPE', 'REPLICA')
    await says(this.replica, 'master_link_status:down')
  }

  /** Runs an orderly failover: the master becomes a replica. */
  async failOver(): Promise<void> {
    await this.sentinels[0]?.client.call('SENTINEL', 'FAILOVER', NAME)
  }

  /** Resolves once the replica is the master. */
  promotion(): Promise<void> {
    return says(this.replica, 'role:master')
  }

  async stop(): Promise<void> {
    const all = [...this.sentinels, this.replica, this.master]
    for (const { client } of all) client.disconnect()
    await Promise.all(all.map(({ server }) => server.stop()))
  }
}

const newPassword = () => randomBytes(16).toString('hex')

async function startCopy(
  dir: string,
  password: string,
  transport: Transport,
  of?: Copy,
): Promise<Copy> {
  const configuration = (port: number) => `${transport.lines(port)}
user ${COPIER} on >${password} +psync +replconf +ping
masteruser ${COPIER}
masterauth ${password}
${of ? `replicaof 127.0.0.1 ${of.server.port}` : ''}
`
  const server = await startRedis({ dir, password, configuration })
  return { server, client: connect(server.port, password, transport) }
}

async function openSentinel(dir: string, watch: Watch, transport: Transport): Promise<Sentinel> {
  const server = await startSentinel(dir, watch, transport)
  return { server, client: connect(server.port, watch.sentinelPassword, transport) }
}

async function says({ client }: Copy, what: string): Promise<void> {
  const probe = async () => (await client.info('replication')).includes(what)
  await eventually(what, TIMEOUT, probe)
}

/** Resolves once the Sentinel knows the other two. It needs them to promote a replica. */
async function knowsAll({ client }: Sentinel): Promise<void> {
  const all = new RegExp(`status=ok,.*slaves=1,sentinels=${SENTINELS}`)
  const probe = async () => all.test(await client.info('sentinel'))
  await eventually('a Sentinel knows the others', TIMEOUT, probe)
}
