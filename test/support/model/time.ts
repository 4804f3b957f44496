import { vi } from 'vitest'

const START = Date.UTC(2026, 0, 1)

/** From here on time passes only when the test says so. */
export function stop(): void {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: START })
}

export function resume(): void {
  vi.useRealTimers()
}

export function reset(): void {
  vi.clearAllTimers()
  vi.setSystemTime(START)
}

export function advance(milliseconds: number): void {
  vi.advanceTimersByTime(milliseconds)
}

/** Whether something will happen by itself, once time has passed. */
export function isAwaited(): boolean {
  return vi.getTimerCount() > 0
}

/** One turn of the event loop: whatever needs no more than promises has been done by then. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** In place of Node's own, which no clock but its own moves. */
export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
