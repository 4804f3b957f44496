import { defaultSourceFormats, type SourceFormat, sourceTypes } from '@visage/shared/avatar/formats'
import { Rejection } from '@visage/shared/errors/app-error'
import { StartError } from '@visage/shared/lifecycle/start-error'
import { checkLibheif } from './heif/libheif.ts'
import type { Rendered } from './rendered.ts'

/** One picture of 16 by 16 pixels in each format, as base64. */
const SAMPLES: Readonly<Record<Exclude<SourceFormat, 'heic'>, string>> = {
  jpeg: '/9j/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAQABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABQb/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCAAaoH/9k=',
  png: 'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAGUlEQVQokWM44KBAEmIY1eAwGkoHhmvSAAC85yAQ/WFadAAAAABJRU5ErkJggg==',
  webp: 'UklGRjYAAABXRUJQVlA4ICoAAACQAQCdASoQABAAAsBMJaACdLoAA5gA/ug4v43m81rW//JT+u7yi7AAAAA=',
  gif: 'R0lGODlhEAAQAIAAAExpccBAICH5BAUAAAAALAAAAAAQABAAAAIOjI+py+0Po5y02ouzPgUAOw==',
  avif: 'AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAANZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAAA+gABAAAAAAAAACYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABhdjAxAAAAAA5waXRtAAAAAAABAAAAVmlwcnAAAAA4aXBjbwAAAAxhdjFDgSACAAAAABRpc3BlAAAAAAAAABAAAAAQAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAAubWRhdBIACgg4DP/aQENBpDIYGUJjBMPPPPNBIAB1hofWH3PMQAAimumA',
}

type Render = (bytes: Buffer) => Promise<Rendered>

/**
 * Tests the codec of each accepted format. The worker refuses to start if it lacks one.
 * @throws StartError that names the format
 */
export async function testCodecs(
  render: Render,
  accept: readonly SourceFormat[] = defaultSourceFormats,
): Promise<void> {
  for (const format of accept) {
    await testCodec(format, render).catch((cause) => {
      throw new StartError(`${describeFailure(cause, format)}; install a build that supports it`, {
        cause,
      })
    })
  }
}

/**
 * libheif is one program for all machines: if Node compiles it, it can decode. Rendering a HEIC would leave it in the
 * memory of a render process, which may never get another one.
 */
function testCodec(format: SourceFormat, render: Render): Promise<unknown> {
  return format === 'heic' ? checkLibheif() : render(Buffer.from(SAMPLES[format], 'base64'))
}

/** A missing decoder makes libvips reject the picture. A missing encoder throws an error that names its format. */
function describeFailure(error: Error, format: SourceFormat): string {
  const { label } = sourceTypes[format]
  const decoder = format === 'heic' ? 'libheif-js' : 'sharp'
  if (error instanceof Rejection) return `This build of ${decoder} cannot decode ${label}`
  return `This build of ${decoder} cannot render ${label}: ${error.message}`
}
