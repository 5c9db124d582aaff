import { execFileSync } from 'node:child_process'

/** Built once for all files: what is tested is what is shipped. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] })
}
