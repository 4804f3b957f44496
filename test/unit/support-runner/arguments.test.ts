import { describe, expect, test } from 'vitest'
import { vitestArguments } from '../../../bin/test-arguments.mjs'

const files = new Map([
  ['test/unit/setting.test.ts', () => "test('reads a number (in bytes)')"],
  ['test/model/model.slow.test.ts', () => "test('finds no loss')"],
])

describe('the arguments of npm test', () => {
  test.each([
    ['none', [], []],
    ['options only', ['--bail=1'], ['--bail=1']],
    ['a path', ['test/unit/setting.test.ts'], ['test/unit/setting.test.ts']],
    ['a part of a path', ['model'], ['model']],
    ['a line of a file', ['setting.test.ts:12'], ['setting.test.ts:12']],
    ['a path from the folder', ['./test/unit'], ['test/unit']],
    ['an absolute path', ['/repo/test/unit'], ['test/unit']],
    ['a name', ['finds no'], ['test/model/model.slow.test.ts', '-t', 'finds no']],
    [
      'a name that is no pattern',
      ['(in bytes)'],
      ['test/unit/setting.test.ts', '-t', '\\(in bytes\\)'],
    ],
    ['a name made at run time', ['case 7'], ['-t', 'case 7']],
    ['a path and a name', ['unit', 'case 7'], ['unit', '-t', 'case 7']],
    ['a path and options', ['unit', '-t', 'model'], ['unit', '-t', 'model']],
  ])('%s', (_, given, args) => {
    expect(vitestArguments(given, files, '/repo/').args).toEqual(args)
  })

  test('a file or a name is selective, options are not', () => {
    const selective = (...given: string[]) => vitestArguments(given, files, '/repo/').selective
    expect([selective('model'), selective('case 7')]).toEqual([true, true])
    expect([selective(), selective('--bail=1')]).toEqual([false, false])
  })
})
