import { vi } from 'vitest'

const START = Date.UTC(2026, 0, 1)

/** Stops time. From then on only the test advances it. */
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

/** Whether a timer is pending. */
export function isAwaited(): boolean {
  return vi.getTimerCount() > 0
}

/** Waits for one turn of the event loop, in which all pending promise callbacks run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Replaces the promise timers of Node, which fake clocks do not control. */
export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
