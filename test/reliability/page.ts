import { formatsOf, type Row } from './rows.ts'
import type { Observed } from './run-row.ts'

type Result = readonly [Row, Observed]

const introduction = `# Reliability

What a client gets when a vendor fails. A real HTTP server breaks in each of the ways below; of two models the first, \`small\`, is the one that breaks, and the second, \`large\`, is sound. This page is made by

\`\`\`sh
npx tsx test/reliability/write-table.ts
\`\`\`

and \`npm test\` runs every row again and compares, times left out. Where it is a wait that breaks the model, the limit is a quarter of a second, so that the rows take seconds; otherwise everything is as it comes.

- **client**: what the client gets. \`whole answer, by small and large\`: a stream that \`small\` began and \`large\` went on with, under the first one's id and name.
- **upstream**: who was asked, in order.
- **booked**: each attempt with its outcome and tokens in and out; \`~\` where the vendor reported none and they are estimated from the bytes.
- **time**: the class of the whole request's duration, on the machine that made the page.

Recovery modes (\`streamRecovery\` of a policy): **error** ends a broken stream with an error event; **continue**, the default, lets another model go on from what the client has; **buffer** sends nothing before the answer is whole, but comments that keep the connection alive. Nothing is sent before the first content in any mode, so a failure before it is never seen. [The decision](decisions/2026-11-24-stream-recovery.md) says how one model goes on with another's answer, and when it may not.
`

export function pageOf(results: readonly Result[]): string {
  const groups = groupBy(results, ([row]) => `${formatsOf(row)}: ${row.fault.group}`)
  const sections = [...groups].map(([title, members]) => `## ${title}\n\n${tableOf(members)}`)
  return `${[introduction, summaryOf(results), ...sections].join('\n').trimEnd()}\n`
}

function summaryOf(results: readonly Result[]): string {
  const modes = groupBy(results, ([{ recovery }]) => recovery ?? 'buffered')
  const lines = [...modes].map(([mode, members]) => {
    const whole = members.filter(([, { client }]) => client.startsWith('whole')).length
    const truncated = members.filter(([, { client }]) => client.startsWith('TRUNCATED')).length
    const name = mode === 'buffered' ? mode : `streaming, ${mode}`
    return `| ${name} | ${members.length} | ${whole} | ${members.length - whole - truncated} | ${truncated} |`
  })
  return `| | rows | whole answer | error, told as one | truncated, and looks whole |\n|---|---|---|---|---|\n${lines.join('\n')}\n`
}

function tableOf(results: readonly Result[]): string {
  const lines = [...groupBy(results, ([{ fault }]) => fault.name)].flatMap(([name, members]) =>
    [...groupBy(members, ([, { client, upstream, booked }]) => `${client} | ${upstream} | ${booked}`)].map(
      ([told, alike]) => `| ${name} | ${modesOf(alike)} | ${told} | ${timeOf(alike)} |`,
    ),
  )
  return `| fault | asked for | client | upstream | booked | time |\n|---|---|---|---|---|---|\n${lines.join('\n')}\n`
}

function groupBy<T, Key>(items: readonly T[], keyOf: (item: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return groups
}

const modesOf = (results: readonly Result[]): string =>
  results.map(([{ recovery }]) => recovery ?? 'buffered').join(', ')

function timeOf(results: readonly Result[]): string {
  const longestMs = Math.max(...results.map(([, { tookMs }]) => tookMs))
  return longestMs < 100 ? '< 0.1 s' : longestMs < 1000 ? '0.1–1 s' : '> 1 s'
}

/** The page as two runs on different machines agree on it. */
export const withoutTimes = (page: string): string =>
  page.replaceAll(/ \| (?:< 0\.1|0\.1–1|> 1) s \|$/gm, ' |')
