/** Small modules of a repository, each as it should be, as it was broken, and as a poor model would leave it. */

export type Module = {
  readonly name: string
  readonly about: string
  /** What a user sees of the fault. */
  readonly symptom: string
  readonly right: string
  readonly broken: string
  readonly wrong: string
  /** The body of its test. */
  readonly test: string
}

export const modules: readonly Module[] = [
  {
    name: 'discount',
    about: 'prices with a discount in percent, never below zero',
    symptom: 'a discount of 10 percent takes ten cents off',
    right: 'export const discount = (price, percent) => Math.max(0, price * (1 - percent / 100))',
    broken: 'export const discount = (price, percent) => Math.max(0, price - percent / 100)',
    wrong: 'export const discount = (price, percent) => price * (1 - percent)',
    test: 'assert.equal(discount(200, 10), 180); assert.equal(discount(5, 300), 0)',
  },
  {
    name: 'median',
    about: 'the middle of a list of numbers, the mean of both where there are two',
    symptom: 'the median of 10, 9, 100 is said to be 100',
    right:
      'export const median = (list) => { const s = [...list].sort((a, b) => a - b); const m = s.length >> 1; return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2 }',
    broken:
      'export const median = (list) => { const s = [...list].sort(); const m = s.length >> 1; return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2 }',
    wrong:
      'export const median = (list) => { const s = [...list].sort((a, b) => a - b); return s[s.length >> 1] }',
    test: 'assert.equal(median([10, 9, 100]), 10); assert.equal(median([1, 2, 3, 10]), 2.5)',
  },
  {
    name: 'slugify',
    about: 'titles to parts of a URL',
    symptom: 'titles with two spaces have two dashes in their address',
    right:
      "export const slugify = (text) => text.toLowerCase().trim().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')",
    broken: "export const slugify = (text) => text.toLowerCase().trim().replace(/[^a-z0-9]/g, '-')",
    wrong: "export const slugify = (text) => text.toLowerCase().replace(/ +/g, '-')",
    test: "assert.equal(slugify(' Hello,  World! '), 'hello-world')",
  },
  {
    name: 'pairs',
    about: 'lines of key=value to an object',
    symptom: 'values with an equals sign in them are cut off',
    right:
      "export const pairs = (text) => Object.fromEntries(text.split('\\n').filter(Boolean).map((l) => { const i = l.indexOf('='); return [l.slice(0, i).trim(), l.slice(i + 1).trim()] }))",
    broken:
      "export const pairs = (text) => Object.fromEntries(text.split('\\n').filter(Boolean).map((l) => { const [k, v] = l.split('='); return [k.trim(), v.trim()] }))",
    wrong:
      "export const pairs = (text) => Object.fromEntries(text.split('\\n').map((l) => { const i = l.lastIndexOf('='); return [l.slice(0, i), l.slice(i + 1)] }))",
    test: "assert.deepEqual(pairs('a = 1\\nb=x=y\\n'), { a: '1', b: 'x=y' })",
  },
  {
    name: 'chunk',
    about: 'a list in parts of a size',
    symptom: 'the last part is missing where it is not full',
    right:
      'export const chunk = (list, size) => Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))',
    broken:
      'export const chunk = (list, size) => Array.from({ length: Math.floor(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))',
    wrong:
      'export const chunk = (list, size) => Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i, i + size))',
    test: 'assert.deepEqual(chunk([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]])',
  },
  {
    name: 'overlap',
    about: 'whether two spans of time overlap; they may touch',
    symptom: 'meetings one after another are called a clash',
    right: 'export const overlap = (a, b) => a.from < b.to && b.from < a.to',
    broken: 'export const overlap = (a, b) => a.from <= b.to && b.from <= a.to',
    wrong: 'export const overlap = (a, b) => a.from < b.to',
    test: 'assert.equal(overlap({ from: 1, to: 2 }, { from: 2, to: 3 }), false); assert.equal(overlap({ from: 5, to: 9 }, { from: 1, to: 4 }), false); assert.equal(overlap({ from: 1, to: 3 }, { from: 2, to: 4 }), true)',
  },
  {
    name: 'wrap',
    about: 'a text in lines of at most so many characters',
    symptom: 'lines are a character too long',
    right:
      "export const wrap = (text, width) => text.split(' ').reduce((lines, word) => { const last = lines.at(-1); if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = [last, word].join(' '); else lines.push(word); return lines }, []).join('\\n')",
    broken:
      "export const wrap = (text, width) => text.split(' ').reduce((lines, word) => { const last = lines.at(-1); if (last !== undefined && last.length + word.length <= width) lines[lines.length - 1] = [last, word].join(' '); else lines.push(word); return lines }, []).join('\\n')",
    wrong:
      "export const wrap = (text, width) => text.match(new RegExp('.{1,' + width + '}', 'g')).join('\\n')",
    test: "assert.equal(wrap('aa bb cc dd', 5), 'aa bb\\ncc dd'); assert.equal(wrap('aaa bb c', 5), 'aaa\\nbb c')",
  },
  {
    name: 'retry',
    about: 'waits between attempts that double, up to a limit',
    symptom: 'after many attempts the wait is hours',
    right: 'export const retry = (attempt, base, limit) => Math.min(limit, base * 2 ** attempt)',
    broken: 'export const retry = (attempt, base, limit) => Math.max(base, base * 2 ** attempt, limit * 0)',
    wrong: 'export const retry = (attempt, base, limit) => Math.min(limit, base * attempt)',
    test: 'assert.equal(retry(0, 100, 1000), 100); assert.equal(retry(2, 100, 1000), 400); assert.equal(retry(9, 100, 1000), 1000)',
  },
]

/** Notes as they stand above code that has grown: something to read. */
export const fileOf = ({ name, about }: Module, code: string): string =>
  `${[`/** ${about}. */`, ...Array.from({ length: 40 }, (_, line) => `// ${name} ${line + 1}: callers in billing, search and the nightly export rely on this; see the notes of release ${3 + line}.`)].join('\n')}\n${code}\n`

/** Says of each module whether it does what it should, and how many do not. */
const check = [
  'let failed = 0',
  'const told = (words) => console.log(words.join(" "))',
  'const check = (name, body) => { try { body(); told(["ok -", name]) } catch (error) { failed++; told(["not ok -", name]); told([" ", error.name + ":", String(error.message).split("\\n")[0]]) } }',
]

export const testOf = (chosen: readonly Module[]): string =>
  [
    "import assert from 'node:assert/strict'",
    ...chosen.map(({ name }) => `import { ${name} } from '../src/${name}.mjs'`),
    ...check,
    ...chosen.map(({ name, test }) => `check('${name}', () => { ${test} })`),
    `told(["# pass", ${chosen.length} - failed])`,
    'told(["# fail", failed])',
    'process.exit(failed ? 1 : 0)',
  ].join('\n')
