import { defaultSourceFormats, type SourceFormat, sourceTypes } from '@visage/shared/avatar/formats'
import { Rejection } from '@visage/shared/errors/app-error'
import { StartError } from '@visage/shared/lifecycle/start-error'
import type { Rendered } from './rendered.ts'

/** One picture of 16 by 16 pixels in each format, as base64. */
const SAMPLES: Readonly<Record<SourceFormat, string>> = {
  jpeg: '/9j/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAQABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABQb/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCAAaoH/9k=',
  png: 'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAGUlEQVQokWM44KBAEmIY1eAwGkoHhmvSAAC85yAQ/WFadAAAAABJRU5ErkJggg==',
  webp: 'UklGRjYAAABXRUJQVlA4ICoAAACQAQCdASoQABAAAsBMJaACdLoAA5gA/ug4v43m81rW//JT+u7yi7AAAAA=',
  gif: 'R0lGODlhEAAQAIAAAExpccBAICH5BAUAAAAALAAAAAAQABAAAAIOjI+py+0Po5y02ouzPgUAOw==',
  avif: 'AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAANZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAAA+gABAAAAAAAAACYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABhdjAxAAAAAA5waXRtAAAAAAABAAAAVmlwcnAAAAA4aXBjbwAAAAxhdjFDgSACAAAAABRpc3BlAAAAAAAAABAAAAAQAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAAubWRhdBIACgg4DP/aQENBpDIYGUJjBMPPPPNBIAB1hofWH3PMQAAimumA',
  heic: 'AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAABAAEAAAADhpbG9jAQAAAERAAAIAAQAAAAAAAAHRAAEAAAAAAAAAMwACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADYaXBycAAAALZpcGNvAAAAdmh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQABACpCAQEDcAAAAwCQAAADAAADAB6gIIEFluqumubgQEDAgAAAAwCAAAADAIQiAAEABkQBwXPBiQAAABRpc3BlAAAAAAAAAEAAAABAAAAAFGlzcGUAAAAAAAAAEAAAABAAAAAQcGl4aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAADttZGF0AAAALygBrxMhZGNA+BD3Z//QnDB6RqD+47HpzshHQMDSIICbQEiTXVALFhCAh3alVtz4',
}

/**
 * Renders one picture of each accepted format, one after the other, so in one render process. Only that process holds
 * the program of libheif until it gets its first HEIC. The worker refuses to start if it lacks a codec.
 * @throws StartError that names the format
 */
export async function testCodecs(
  render: (bytes: Buffer) => Promise<Rendered>,
  accept: readonly SourceFormat[] = defaultSourceFormats,
): Promise<void> {
  for (const format of accept) {
    await render(Buffer.from(SAMPLES[format], 'base64')).catch((cause) => {
      throw new StartError(`${describeFailure(cause, format)}; install a build that supports it`, {
        cause,
      })
    })
  }
}

/** A missing decoder makes libvips reject the picture. A missing encoder throws an error that names its format. */
function describeFailure(error: Error, format: SourceFormat): string {
  const { label } = sourceTypes[format]
  const decoder = format === 'heic' ? 'libheif-js' : 'sharp'
  if (error instanceof Rejection) return `This build of ${decoder} cannot decode ${label}`
  return `This build of ${decoder} cannot render ${label}: ${error.message}`
}
