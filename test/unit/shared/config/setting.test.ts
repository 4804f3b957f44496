import { listOf, sides } from '@visage/shared/config/list'
import { formats, oneOf, secretOf } from '@visage/shared/config/setting'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const { duration, seconds, size, pixels, color, quality, port, count, path } = formats

describe('a time', () => {
  test.each([
    ['0s', 0],
    ['1ms', 1],
    ['500ms', 500],
    ['60s', 60_000],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ])('%s is %i milliseconds', (text, milliseconds) => {
    expect(duration.parse(text)).toBe(milliseconds)
  })

  test.each([
    ...['60', '', 's', '-1s', '+1s', '1.5s', '1e3s', '0x10s', '1 s', ' 1s', '1s ', '1s\n', '1S'],
    ...['1w', '1sec', '1MiB', '1constructor', '1h30m', '٣s', '1000000000s'],
  ])('%j is invalid', (text) => {
    expect(duration.parse(text)).toBeUndefined()
  })
})

describe('a size', () => {
  test.each([
    ['1B', 1],
    ['512KiB', 524_288],
    ['16MiB', 16_777_216],
    ['2GiB', 2_147_483_648],
  ])('%s is %i bytes', (text, bytes) => {
    expect(size.parse(text)).toBe(bytes)
  })

  test.each(['16', '16M', '16MB', '16mib', '1.5MiB', '-1B', '1ms', 'MiB'])(
    '%j is invalid',
    (text) => {
      expect(size.parse(text)).toBeUndefined()
    },
  )
})

describe('a time in whole seconds', () => {
  test.each([
    ['1s', 1],
    ['20s', 20],
    ['2000ms', 2],
    ['1h', 3600],
  ])('%s is %i seconds', (text, value) => {
    expect(seconds.parse(text)).toBe(value)
  })

  test.each(['0s', '999ms', '1500ms', '3601s', '1d', '20', ''])('%j is invalid', (text) => {
    expect(seconds.parse(text)).toBeUndefined()
  })
})

describe('a list', () => {
  const { parse } = listOf('jpeg', 'png', 'webp')

  test.each([
    ['png', ['png']],
    ['webp,jpeg', ['webp', 'jpeg']],
    [' webp, jpeg ', ['webp', 'jpeg']],
  ])('%j is %j', (text, words) => {
    expect(parse(text)).toEqual(words)
  })

  test.each(['', ',', 'png,', 'png,,webp', 'gif', 'png,gif', 'PNG', 'png,png', 'png webp'])(
    '%j is invalid',
    (text) => {
      expect(parse(text)).toBeUndefined()
    },
  )
})

describe('sides', () => {
  test.each([
    ['512', [512]],
    ['64,512, 128', [512, 128, 64]],
    ['1,4096', [4096, 1]],
  ])('%j are %j', (text, values) => {
    expect(sides.parse(text)).toEqual(values)
  })

  test.each(['', '0', '4097', '64,64', '64,', '64;32', '6.4', Array.from(Array(17).keys()).join()])(
    '%j are invalid',
    (text) => {
      expect(sides.parse(text)).toBeUndefined()
    },
  )
})

test('a colour is # and six hexadecimal digits, and a quality is from 1 to 100', () => {
  expect(color.parse('#FF00aa')).toBe('#ff00aa')
  for (const text of ['ff00aa', '#fff', '#ff00aa00', '#gg0000', 'white', ''])
    expect(color.parse(text)).toBeUndefined()
  expect([quality.parse('1'), quality.parse('100')]).toEqual([1, 100])
  for (const text of ['0', '101', '8.5', '']) expect(quality.parse(text)).toBeUndefined()
})

describe('a number of pixels', () => {
  test.each([
    ['50MP', 50_000_000],
    ['640000P', 640_000],
  ])('%s is %i pixels', (text, value) => {
    expect(pixels.parse(text)).toBe(value)
  })

  test.each(['50', '1.5MP', '50MB', '50mp', '-1MP', ''])('%j is invalid', (text) => {
    expect(pixels.parse(text)).toBeUndefined()
  })
})

describe('a number', () => {
  test.each([
    ['0', 0, undefined],
    ['1', 1, 1],
    ['3000', 3000, 3000],
    ['65535', 65_535, 65_535],
    ['65536', undefined, 65_536],
    ['1000000', undefined, 1_000_000],
    ['1000001', undefined, undefined],
  ])('%s as a port is %s, as a count %s', (text, asPort, asCount) => {
    expect(port.parse(text)).toBe(asPort)
    expect(count.parse(text)).toBe(asCount)
  })

  test.each(['', ' ', '-1', '1.0', '1e3', '0x1F', ' 80', '80 ', 'NaN', 'Infinity', '٣', '80,'])(
    '%j is invalid',
    (text) => {
      expect(port.parse(text)).toBeUndefined()
      expect(count.parse(text)).toBeUndefined()
    },
  )
})

describe('an address', () => {
  test.each([
    ['httpUrl', 'http://minio:9000'],
    ['httpUrl', 'https://s3.eu-central-1.example.com/'],
    ['httpUrl', 'http://[::1]:9000'],
    ['postgresUrl', 'postgres://user:p%40ss@db:5432/visage'],
    ['postgresUrl', 'postgresql://db/visage?sslmode=require'],
  ] as const)('%s takes %s as it is', (format, text) => {
    expect(formats[format].parse(text)).toBe(text)
  })

  test.each([
    ['httpUrl', 'minio:9000'],
    ['httpUrl', 'ftp://minio'],
    ['httpUrl', '//minio'],
    ['httpUrl', 'http://'],
    ['postgresUrl', 'mysql://db'],
    ['postgresUrl', 'host=db dbname=visage'],
    ['postgresUrl', 'postgres:5432'],
  ] as const)('%s refuses %s', (format, text) => {
    expect(formats[format].parse(text)).toBeUndefined()
  })
})

describe('other words', () => {
  test('true and false are booleans', () => {
    expect(formats.switch.parse('true')).toBe(true)
    expect(formats.switch.parse('false')).toBe(false)
  })

  test.each(['TRUE', '1', 'yes', 'on', '', ' true', 'constructor', '__proto__', 'toString'])(
    '%j is not a boolean',
    (text) => {
      expect(formats.switch.parse(text)).toBeUndefined()
    },
  )

  test.each(['/api/v4', '/a', '/a/b.c~d_e-f'])('%j is a path', (text) => {
    expect(path.parse(text)).toBe(text)
  })

  test.each([
    ...['/', '/api/', 'api', '', '//api', '/api//v4', '/a b', '/a?b', '/{id}', '/:id', '/a%20'],
  ])('%j is no path', (text) => {
    expect(path.parse(text)).toBeUndefined()
  })

  test('an enumeration matches exactly', () => {
    const format = oneOf('json', 'pretty')
    expect(format.format).toBe('one of json, pretty')
    expect(format.parse('json')).toBe('json')
    for (const text of ['JSON', 'jso', 'json ', '']) expect(format.parse(text)).toBeUndefined()
  })
})

describe('a secret', () => {
  const secret = secretOf(32)

  test.each([
    ['a'.repeat(31), false],
    ['a'.repeat(32), true],
    ['é'.repeat(15), false],
    ['é'.repeat(16), true],
  ])('%s is strong enough by its bytes: %s', (text, fine) => {
    expect(secret.parse(text)).toBe(fine ? text : undefined)
  })
})

test('no text makes a format throw or return NaN', () => {
  const all = Object.values(formats)
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const format of all) expect(format.parse(text)).not.toBeNaN()
    }),
  )
})
