/** Builds `dist/`. Through its program, not its command: that prints a notice on every run under Node 20. */
import { build } from 'tsdown'

/** What programs import: `exports` of package.json names each. */
const library = {
  index: 'src/index.ts',
  strategies: 'src/library/strategies.ts',
  testing: 'src/library/testing/index.ts',
  'ai-sdk': 'src/library/ai-sdk/index.ts',
}

await build({
  config: false,
  entry: { ...library, 'cli/main': 'src/cli/main.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
  dts: { entry: Object.values(library) },
  sourcemap: true,
  clean: true,
  logLevel: 'error',
})
