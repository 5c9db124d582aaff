import { useEffect, useState } from 'react'

const typingMs = 300

/** A text that stands in the address: written there once nobody has typed for a moment, and read from there when it changes. */
export function useTyped(
  inAddress: string,
  write: (text: string) => void,
): readonly [string, (text: string) => void] {
  const [text, setText] = useState(inAddress)
  useEffect(() => setText(inAddress), [inAddress])
  // biome-ignore lint/correctness/useExhaustiveDependencies: who writes may be another function each time, and writes the same
  useEffect(() => {
    if (text === inAddress) return
    const timer = setTimeout(() => write(text), typingMs)
    return () => clearTimeout(timer)
  }, [text, inAddress])
  return [text, setText]
}
