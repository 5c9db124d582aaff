import type { Subject, TaskType } from '../../domain/signals.ts'

/** What the public sets that the shipped router is trained on are about: facts on the sets, not on any prompt. */
export const taskTypeOfDataset: Readonly<Record<string, TaskType>> = {
  'agentverse-logicgrid': 'reasoning',
  'agentverse-mgsm': 'math',
  arc_challenge: 'knowledge',
  commongen: 'creative',
  commonsense_qa: 'reasoning',
  crux: 'code',
  gpqa: 'knowledge',
  gsm: 'math',
  gsm8k: 'math',
  human_eval: 'code',
  math: 'math',
  'math-l5': 'math',
  mbpp: 'code',
  mmlu_pro: 'knowledge',
  natural_qa: 'knowledge',
  openbook_qa: 'knowledge',
  trivia_qa: 'knowledge',
}

/** Task types of the simulated tasks' kinds. */
export const taskTypeOfKind: Readonly<Record<string, TaskType>> = {
  arithmetic: 'math',
  dates: 'reasoning',
  units: 'math',
  sorting: 'reasoning',
  strings: 'reasoning',
  logic: 'reasoning',
  'json-extraction': 'extraction',
  'code-tracing': 'code',
}

const subjectOfDataset: Readonly<Record<string, Subject>> = {
  'agentverse-logicgrid': 'general',
  'agentverse-mgsm': 'math',
  commongen: 'general',
  commonsense_qa: 'general',
  crux: 'computer-science',
  gsm: 'math',
  gsm8k: 'math',
  human_eval: 'computer-science',
  math: 'math',
  'math-l5': 'math',
  mbpp: 'computer-science',
  natural_qa: 'general',
  openbook_qa: 'general',
  trivia_qa: 'general',
}

const subjectOfCategory: Readonly<Record<string, Subject>> = {
  biology: 'biology',
  business: 'business',
  chemistry: 'chemistry',
  'computer science': 'computer-science',
  economics: 'economics',
  engineering: 'engineering',
  health: 'health',
  history: 'history',
  law: 'law',
  math: 'math',
  other: 'general',
  philosophy: 'philosophy',
  physics: 'physics',
  psychology: 'psychology',
}

export const subjectOf = (dataset: string, category: string | null): Subject | null =>
  subjectOfCategory[category ?? ''] ?? subjectOfDataset[dataset] ?? null
