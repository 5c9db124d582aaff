import { useEffect, useRef, useState } from 'react'
import { afterStep, type Answer, kept, noAnswer } from './answer.ts'
import { asked } from './ask.ts'

export type Answers = {
  readonly of: (name: string) => Answer | null
  readonly running: boolean
  /** Asks each at once; what is under way of before is given up. */
  readonly ask: (names: readonly string[], prompt: string, key: string) => void
  readonly stop: () => void
  /** Forgets the answers of others than these. */
  readonly keep: (names: readonly string[]) => void
}

export function useAnswers(): Answers {
  const [answers, setAnswers] = useState<ReadonlyMap<string, Answer>>(new Map())
  const under = useRef<AbortController | null>(null)
  useEffect(() => () => under.current?.abort(), [])
  return {
    of: (name) => answers.get(name) ?? null,
    running: [...answers.values()].some(({ state }) => state === 'waiting' || state === 'streaming'),
    ask: (names, prompt, key) => {
      under.current?.abort()
      const own = new AbortController()
      under.current = own
      setAnswers(new Map(names.map((name) => [name, noAnswer])))
      for (const name of names)
        void asked(name, prompt, { key, signal: own.signal }, (step) => {
          // What an earlier question still says is no part of this one.
          if (under.current !== own) return
          setAnswers((before) => {
            const answer = before.get(name)
            return answer === undefined ? before : new Map(before).set(name, afterStep(answer, step))
          })
        })
    },
    stop: () => under.current?.abort(),
    keep: (names) => setAnswers((before) => kept(before, names)),
  }
}
