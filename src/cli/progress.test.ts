import { expect, test } from 'vitest'
import { createProgress } from './progress.ts'

function aStream(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, columns: 60, write: (text: string) => written.push(text), written }
}

test('a terminal gets one line, redrawn only when it changes and cleared at the end', () => {
  const stream = aStream(true)
  const progress = createProgress(stream)
  progress.step('resampling', 1, 2)
  progress.step('resampling', 1, 2)
  progress.finish()
  expect(stream.written).toHaveLength(2)
  expect(stream.written[0]).toContain(' 50 % resampling')
  expect(stream.written.every((text) => text.startsWith('\r') && !text.includes('\n'))).toBe(true)
})

test('a bar never runs past the width of the terminal', () => {
  const stream = aStream(true)
  createProgress(stream).step('x'.repeat(200), 1, 2)
  expect(stream.written[0]!.replace('\r\u001b[2K', '')).toHaveLength(59)
})

test('a log gets whole lines, few of them', () => {
  const stream = aStream(false)
  const progress = createProgress(stream)
  for (let done = 0; done <= 100; done++) progress.step('fitting', done, 100)
  expect(stream.written).toEqual(['fitting: 0 %\n', 'fitting: 50 %\n', 'fitting: 100 %\n'])
})

test('nothing to do counts as done', () => {
  const stream = aStream(false)
  createProgress(stream).step('reading', 0, 0)
  expect(stream.written).toEqual(['reading: 100 %\n'])
})
