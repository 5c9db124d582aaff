/** Builds `dist/`. Through their programs, not their commands: tsdown's prints a notice on every run under Node 20. */
import { build } from 'tsdown'
import { build as buildDashboard } from 'vite'

/** What programs import: `exports` of package.json names each. */
const library = {
  index: 'src/index.ts',
  strategies: 'src/library/strategies.ts',
  testing: 'src/library/testing/index.ts',
  'ai-sdk': 'src/library/ai-sdk/index.ts',
}

await build({
  config: false,
  entry: {
    ...library,
    'cli/main': 'src/cli/main.ts',
    'outcome-set-worker': 'src/learning/outcomes/sets/worker.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
  dts: { entry: Object.values(library) },
  sourcemap: true,
  clean: true,
  logLevel: 'error',
})

// Into `dist/dashboard`, after the line above has cleaned `dist`.
// Whoever builds from within a test has another NODE_ENV, and would get React's development build.
process.env.NODE_ENV = 'production'
await buildDashboard({ configFile: 'dashboard/vite.config.ts', logLevel: 'warn' })
