// A process of its own that serves S3 with s3rver; plain JavaScript, so that it runs unbuilt.
// It says `{ type: 'ready' }` over IPC, and stops on SIGTERM or when its parent is gone.
import { mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import S3rver from '@20minutes/s3rver'
import account from '@20minutes/s3rver/lib/models/account.js'
import S3Error from '@20minutes/s3rver/lib/models/error.js'
import S3Object from '@20minutes/s3rver/lib/models/object.js'
import FilesystemStore from '@20minutes/s3rver/lib/stores/filesystem.js'

const { S3_FOLDER = '', S3_PORT, S3_ACCESS_KEY, S3_SECRET_KEY } = process.env
const buckets = join(S3_FOLDER, 'buckets')
const unfinished = join(S3_FOLDER, 'unfinished')

/**
 * s3rver writes an object in place, where a reader or a crash finds half of it, and its delete
 * takes along what another request has just put into a folder that looked empty. Here an object
 * appears whole, and what must not interleave is synchronous.
 */
class WholeObjectStore extends FilesystemStore {
  #drafts = 0

  async putObject({ bucket, key, content, metadata }) {
    const draft = join(unfinished, `${++this.#drafts}`)
    try {
      const [size, md5] = await this.putContent(draft, Readable.from(content))
      const path = this.getResourcePath(bucket, key, 'object')
      mkdirSync(dirname(path), { recursive: true })
      this.putMetadata(bucket, key, metadata, md5)
      renameSync(draft, path)
      return { size, md5 }
    } finally {
      rmSync(draft, { force: true })
    }
  }

  putMetadata(bucket, key, metadata, md5) {
    const kept = Object.entries(metadata).filter(
      ([name]) => S3Object.ALLOWED_METADATA.includes(name) || name.startsWith('x-amz-meta-'),
    )
    const path = (resource) => this.getResourcePath(bucket, key, resource)
    if (md5) writeFileSync(path('object.md5'), md5)
    writeFileSync(path('metadata.json'), JSON.stringify(Object.fromEntries(kept)))
  }

  async deleteObject(bucket, key) {
    for (const resource of ['object', 'object.md5', 'metadata.json'])
      rmSync(this.getResourcePath(bucket, key, resource), { force: true })
    const folders = key.split('/').slice(0, -1)
    while (folders.length && removeEmpty(join(buckets, bucket, ...folders))) folders.pop()
  }
}

function removeEmpty(folder) {
  try {
    rmdirSync(folder)
    return true
  } catch {
    return false
  }
}

/** s3rver serves whoever does not sign; a private bucket does not. */
function refuseUnsigned(ctx, next) {
  const signed = 'authorization' in ctx.headers || 'X-Amz-Signature' in ctx.query
  if (!signed) throw new S3Error('AccessDenied', 'Access Denied')
  return next()
}

rmSync(unfinished, { recursive: true, force: true })
for (const folder of [buckets, unfinished]) mkdirSync(folder, { recursive: true, mode: 0o700 })
account.DUMMY_ACCOUNT.revokeAccessKey('S3RVER')
account.DUMMY_ACCOUNT.createKeyPair(S3_ACCESS_KEY, S3_SECRET_KEY)

const s3 = new S3rver({
  address: '127.0.0.1',
  port: Number(S3_PORT),
  directory: buckets,
  vhostBuckets: false,
  silent: true,
})
s3.store = s3.context.store = new WholeObjectStore(buckets)
s3.middleware.unshift(refuseUnsigned)
s3.on('error', (error) => {
  if (!(error.status < 500)) process.stderr.write(`${error.stack}\n`)
})

await s3.run()
process.send?.({ type: 'ready' })

/** Answers what it has begun, for two seconds at the most. */
function stop() {
  s3.httpServer.close(() => process.exit(0))
  s3.httpServer.closeIdleConnections()
  setTimeout(() => process.exit(0), 2000).unref()
}
process.once('SIGTERM', stop)
process.once('disconnect', stop)
