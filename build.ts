/** Builds `dist/`. Through its program, not its command: that prints a notice on every run under Node 20. */
import { build } from 'tsdown'

await build({
  config: false,
  entry: { index: 'src/index.ts', 'cli/main': 'src/cli/main.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
  dts: { entry: ['src/index.ts'] },
  sourcemap: true,
  clean: true,
  logLevel: 'error',
})
