import { ShutdownSteps } from '@visage/shared/lifecycle/shutdown-steps'
import { describe, expect, test } from 'vitest'
import { recorder, silent } from '../../../support/domain/log.ts'

describe('shutdown steps run', () => {
  test('in reverse order, each after the one before has stopped', async () => {
    const shutdown = new ShutdownSteps(silent)
    const events: string[] = []
    for (const name of ['database', 'queue', 'http'])
      shutdown.add(name, async () => {
        events.push(`${name} stops`)
        await new Promise(setImmediate)
        events.push(`${name} stopped`)
      })
    await shutdown.stop()
    expect(events).toEqual(
      ['http', 'queue', 'database'].flatMap((name) => [`${name} stops`, `${name} stopped`]),
    )
  })

  test('once for two calls, and both wait until the end', async () => {
    const shutdown = new ShutdownSteps(silent)
    let stops = 0
    let end = () => {}
    shutdown.add('http', () => {
      stops++
      return new Promise<void>((resolve) => {
        end = resolve
      })
    })
    const first = shutdown.stop()
    const second = shutdown.stop()
    let over = false
    second.then(() => {
      over = true
    })
    await new Promise(setImmediate)
    expect(over).toBe(false)
    end()
    await Promise.all([first, second])
    await shutdown.stop()
    expect(stops).toBe(1)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('will not')
      },
    ],
    ['rejects', () => Promise.reject(new Error('will not'))],
  ])('wholly, though a step %s, and the log says which', async (_, failing) => {
    const { log, lines } = recorder()
    const shutdown = new ShutdownSteps(log)
    const stopped: string[] = []
    shutdown.add('database', () => stopped.push('database'))
    shutdown.add('queue', failing)
    shutdown.add('http', () => stopped.push('http'))
    await shutdown.stop()
    expect(stopped).toEqual(['http', 'database'])
    expect(lines).toMatchObject([{ step: 'queue', err: { message: 'will not' } }])
  })

  test('before anything has started', async () => {
    await expect(new ShutdownSteps(silent).stop()).resolves.toBeUndefined()
  })
})
