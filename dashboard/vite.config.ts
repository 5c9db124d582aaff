import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    // The policy of the page allows no `data:` scripts or styles, so nothing is written into other files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npm run dev --workspace dashboard` beside a gateway on its usual port.
  server: {
    proxy: Object.fromEntries(
      ['/admin', '/v1', '/mcp', '/healthz', '/metrics'].map((path) => [path, 'http://127.0.0.1:4000']),
    ),
  },
})
