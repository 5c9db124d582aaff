import { pick } from '../../../../domain/random.ts'
import { choiceIn } from '../matching.ts'
import { anotherOf } from '../mistakes.ts'
import { type Level, levelFrom, type TaskFamily } from '../task.ts'
import { islandIn, islandText, knightsNamed, knightsOf, randomIsland } from './knights.ts'
import { personAsked, raceIn, raceText, randomRace } from './ordering.ts'

/** Two kinds of puzzle that are solved by search; the level is the number of people. */
const islanders: Readonly<Record<Level, number>> = { 1: 2, 2: 3, 3: 4, 4: 5, 5: 6 }
const runners: Readonly<Record<Level, number>> = { 1: 3, 2: 4, 3: 5, 4: 6, 5: 7 }

export const logic: TaskFamily = {
  kind: 'logic',
  approach: [
    'Each possibility is held against every statement, and those that contradict one are ruled out.',
  ],
  generate(draw, level) {
    if (draw() < 0.5) {
      const island = randomIsland(draw, islanders[level])
      return {
        kind: 'logic',
        level,
        prompt: islandText(draw, island),
        answer: knightsOf(island),
        responseSchema: null,
      }
    }
    const race = randomRace(draw, runners[level])
    return {
      kind: 'logic',
      level,
      prompt: raceText(draw, race),
      answer: personAsked(race),
      responseSchema: null,
    }
  },
  recognise(prompt) {
    const island = islandIn(prompt)
    if (island) return { level: levelFrom(island.names.length - 1), solve: () => knightsOf(island) }
    const race = raceIn(prompt)
    return race && { level: levelFrom(race.names.length - 2), solve: () => personAsked(race) }
  },
  check({ prompt, answer }, text) {
    const island = islandIn(prompt)
    if (island) return knightsNamed(island.names, text) === answer
    const race = raceIn(prompt)
    return race !== null && choiceIn(race.names, text) === answer
  },
  mistake(draw, { prompt, answer }) {
    const island = islandIn(prompt)
    if (!island) return anotherOf(draw, raceIn(prompt)?.names ?? ['nobody'], answer)
    const flipped = pick(draw, island.names)
    const knights = answer.split(', ')
    const named = island.names.filter((name) => knights.includes(name) !== (name === flipped))
    return named.length === 0 ? 'nobody' : named.join(', ')
  },
}
