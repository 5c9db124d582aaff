import { type RefObject, useEffect, useRef } from 'react'
import type { Faults } from './draft.ts'

/** Brings whoever has sent a form with faults to the first of them: on a phone it is far above the button. */
export function useFaultFocus(faults: Faults): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (Object.keys(faults).length === 0) return
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [faults])
  return form
}
