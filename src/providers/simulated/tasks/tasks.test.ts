import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededDraw } from '../../../domain/random.ts'
import { checkAnswer, familyOf, generateTasks, recogniseTask, taskFamilies } from './index.ts'
import { levels, type Task, taskKinds } from './task.ts'

const seeds = fc.string({ minLength: 1, maxLength: 12 })
const anyLevel = fc.constantFrom(...levels)

describe.each(taskFamilies.map((family) => [family.kind, family] as const))('%s tasks', (_, family) => {
  const anyTask = fc.tuple(seeds, anyLevel).map(([seed, level]) => family.generate(seededDraw(seed), level))

  it('are solved from their text alone, at the level they were made for', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        const recognised = family.recognise(task.prompt)
        expect(recognised?.solve()).toBe(task.answer)
        expect(recognised?.level).toBe(task.level)
      }),
    )
  })

  it('are read by no other family', () => {
    fc.assert(
      fc.property(anyTask, ({ prompt }) => {
        expect(taskFamilies.filter((other) => other.recognise(prompt) !== null)).toEqual([family])
      }),
    )
  })

  it('accept their answer in several wordings', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        const said =
          task.kind === 'json-extraction' ? [`\`\`\`json\n${task.answer}\n\`\`\``] : wordings(task.answer)
        for (const text of [task.answer, ...said]) expect(checkAnswer(task, text), text).toBe(true)
      }),
    )
  })

  it('refuse a slip, however it is worded', () => {
    fc.assert(
      fc.property(anyTask, seeds, (task, seed) => {
        const mistake = family.mistake(seededDraw(seed), task)
        for (const text of [mistake, ...wordings(mistake)]) expect(checkAnswer(task, text), text).toBe(false)
      }),
    )
  })

  it('do not say that they are made up or how hard they are', () => {
    fc.assert(
      fc.property(anyTask, ({ prompt }) => {
        expect(prompt).not.toMatch(/simulat|fairlead|\blevel\b|difficulty/i)
      }),
    )
  })
})

const wordings = (answer: string): string[] => [
  `The answer is ${answer}.`,
  `Let me see: first 7, then 12.\n\n**${answer}**`,
  `It takes 3 steps.\nFinal answer: ${answer}`,
  JSON.stringify({ explanation: 'It takes 3 steps.', answer }),
]

describe('other wordings than the generators have', () => {
  it.each([
    ['hey, could you work out 3 + 4 * (2 - 7) for me', 'arithmetic', '-17'],
    ['What does 12 × 12 ÷ 6 equal', 'arithmetic', '24'],
    ['We met on 3rd March 2024. What date will it be 100 days later?', 'dates', '2024-06-11'],
    ['Tell me the number of days between December 25, 2023 and 1 March 2024', 'dates', '67'],
    ['Yesterday was Monday. Which weekday comes 10 days later', 'dates', 'Thursday'],
    ['Change 2.5 hours into minutes please', 'units', '150'],
    ['what is 10 miles in km', 'units', '16.09'],
    ['Order these from smallest to largest: 9, 3, 27, 1', 'sorting', '1, 3, 9, 27'],
    ['Can you put pear, fig, apple and kiwi in alphabetical order?', 'sorting', 'apple, fig, kiwi, pear'],
    ['How many times does the letter \'r\' appear in "strawberry"?', 'strings', '3'],
    ['What is "lantern" spelled backwards?', 'strings', 'nretnal'],
    [
      'Two islanders, each a knight or a knave. Amy says: "Bo is a knave." Bo claims, "Amy and I are of different types." Who is a knight?',
      'logic',
      'Bo',
    ],
    ['Ada, Bob and Cy ran. Ada came behind Bob. Cy came ahead of Bob. Who finished last?', 'logic', 'Ada'],
    [
      'As JSON with the keys `age` and `city`, please: The person is 41 years old. Home is in Oslo.',
      'json-extraction',
      '{"age":41,"city":"Oslo"}',
    ],
    ['Output?\n```python\nx = 1\nwhile x < 50:\n    x = x * 3\nprint(x)\n```', 'code-tracing', '81'],
    [
      'Result of this:\n```js\nconst a = [4, 8]; a.push(3);\nlet s = 0;\nfor (const v of a) { s += v }\nconsole.log(s, a.length);\n```',
      'code-tracing',
      '15 3',
    ],
    [
      'Mia had 40 coins. She lost 4 of them. Then she bought 3 bags with 10 coins in each. How many coins does she have?',
      'word-problems',
      '66',
    ],
  ])('%s', (prompt, kind, answer) => {
    const recognised = recogniseTask(prompt)
    expect(recognised?.family.kind).toBe(kind)
    expect(recognised?.solve()).toBe(answer)
  })
})

describe('prompts that are none of these', () => {
  it.each([
    'Write a poem about autumn in Kyoto.',
    'Explain how TCP congestion control works.',
    'Who won the war of 1914-1918 and what followed?',
    'Translate "good morning" into French.',
    'Summarise the following text: the meeting on 2024-03-04 was short.',
    'Write a Python function that sorts a list of dictionaries by a key.',
    'What is the capital of France?',
    'Order a pizza for me, with cheese, ham and olives.',
    'What does this program do?\n```python\nimport os\nprint(os.getcwd())\n```',
    'Return JSON with three ideas for a birthday party.',
    'Is version 2.0 better than 1.5?',
    '',
  ])('%s', (prompt) => {
    expect(recogniseTask(prompt)).toBeNull()
  })

  it('are refused quickly when they are very long', () => {
    expect(recogniseTask(`What is 1 + ${'1 + '.repeat(20_000)}1?`)).toBeNull()
  })

  it('are refused where they nest without end', () => {
    expect(recogniseTask(`What does it print?\n\`\`\`\nx = ${'('.repeat(5000)}\n\`\`\``)).toBeNull()
    expect(recogniseTask(`Compute ${'('.repeat(7000)}`)).toBeNull()
  })

  it('never make a recogniser fail', () => {
    const pieces = fc.constantFrom(
      'sort',
      'JSON',
      '{',
      '"ab"',
      '```',
      '3 + ',
      'knights',
      '2024-02-31',
      '(',
      ', ',
      'x says: "',
      ' km',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((list) => list.join(' ')),
        ),
        (prompt) => {
          recogniseTask(prompt)?.solve()
        },
      ),
    )
  })
})

describe('checking', () => {
  const task = (kind: Task['kind'], answer: string, prompt = ''): Task => ({
    kind,
    level: 1,
    prompt,
    answer,
    responseSchema: null,
  })

  it.each([
    [task('arithmetic', '42'), 'The answer is 6 * 7 = 42.', true],
    [task('arithmetic', '42'), '42 is close, but the answer is 43.', false],
    [task('arithmetic', '1234567'), 'The answer is 1,234,567.', true],
    [task('arithmetic', '-5'), 'So it is \u22125', true],
    [task('arithmetic', '42'), 'I do not know.', false],
    [task('arithmetic', '42'), '\\boxed{42}', true],
    [task('units', '16.09'), 'That is about 16.09 km.', true],
    [task('dates', 'Friday'), 'Ten days after Tuesday comes Friday', true],
    [task('dates', 'Tuesday'), 'Ten days after Tuesday comes Friday', false],
    [task('dates', '2024-03-04'), 'It ends on March 4, 2024.', true],
    [task('sorting', '1, 2, 3'), '1\n2\n3', false],
    [task('sorting', '1, 2, 3'), 'Sorted:\n- 1\n- 2\n- 3', true],
    [task('sorting', '1, 2, 3'), 'The result is [1, 2, 3].', true],
    [task('sorting', '1, 2, 3'), '{"answer":[1,2,3]}', true],
    [task('strings', 'olleh'), '"olleh"', true],
    [task('strings', 'olleh'), 'The answer is olleha', false],
    [task('code-tracing', '3 4'), 'It prints 3, 4', true],
    [task('code-tracing', '3 4'), 'It prints 4 3', false],
    [task('code-tracing', '3'), '{"explanation":"It takes 3 steps.","answer":"2"}', false],
    [task('code-tracing', '3'), 'After 3 passes it prints 2', false],
    [task('json-extraction', '{"a":1,"b":"x"}'), 'Here you are:\n{"b": "x", "a": 1}', true],
    [task('json-extraction', '{"a":1,"b":"x"}'), '{"a":"1","b":"x"}', false],
  ])('%#: %o', (given, text, expected) => {
    expect(checkAnswer(given, text)).toBe(expected)
  })
})

describe('generateTasks', () => {
  it('is the same for a seed and another for another seed', () => {
    expect(generateTasks('a', 40)).toEqual(generateTasks('a', 40))
    expect(generateTasks('a', 40)).not.toEqual(generateTasks('b', 40))
  })

  it('has every kind at every level equally often in whole rounds', () => {
    const tasks = generateTasks('mix', 90)
    for (const kind of taskKinds) {
      for (const level of levels) {
        expect(tasks.filter((task) => task.kind === kind && task.level === level)).toHaveLength(2)
      }
    }
  })

  it('words one kind in several ways', () => {
    for (const kind of taskKinds) {
      const openings = Array.from({ length: 60 }, (_, index) =>
        familyOf(kind)
          .generate(seededDraw(`${index}`), 3)
          .prompt.replace(/[\d"].*/s, '')
          .slice(0, 12),
      )
      expect(new Set(openings).size).toBeGreaterThan(2)
    }
  })
})
