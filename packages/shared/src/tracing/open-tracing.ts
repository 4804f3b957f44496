import { type Tracing, untraced } from './tracing.ts'

/** Loads OpenTelemetry only if tracing is on.  @throws StartError if the process has no OpenTelemetry SDK */
export async function openTracing(on: boolean): Promise<Tracing> {
  if (!on) return untraced
  const { openTelemetry } = await import('./open-telemetry.ts')
  return openTelemetry()
}
