import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { applyTheme } from './ui/theme.tsx'
import './styles/theme.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/layout.css'
import './styles/table.css'
import './styles/plot.css'
import './styles/story.css'

applyTheme()
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
