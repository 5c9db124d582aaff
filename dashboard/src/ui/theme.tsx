import { createStore, useStore } from '../api/store.ts'
import { Button } from './controls.tsx'

type Theme = 'system' | 'light' | 'dark'
const themes: readonly Theme[] = ['system', 'light', 'dark']
const place = 'fairlead.theme'

const theme = createStore<Theme>(themes.find((one) => one === localStorage.getItem(place)) ?? 'system')

/** `system` leaves it to the stylesheet, which asks what the viewer prefers. */
export function applyTheme(): void {
  const chosen = theme.get()
  if (chosen === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen
}

const signs: Record<Theme, string> = { system: '◐', light: '☀', dark: '☾' }

export function ThemeButton() {
  const chosen = useStore(theme)
  const next = themes[(themes.indexOf(chosen) + 1) % themes.length] ?? 'system'
  const choose = () => {
    localStorage.setItem(place, next)
    theme.set(next)
    applyTheme()
  }
  return (
    <Button kind="quiet" onClick={choose} label={`Theme: ${chosen}. Change to ${next}`}>
      <span aria-hidden="true">{signs[chosen]}</span>
    </Button>
  )
}
