import { type CompiledQuery, type Kysely, sql } from 'kysely'
import type { DecisionId } from '../domain/decision.ts'
import type { Feedback, FeedbackId } from '../domain/feedback.ts'
import { unreachable } from '../domain/unreachable.ts'
import { chunks } from './chunks.ts'
import { lastOfEach } from './last-of-each.ts'
import { indexable, numberOrNull, storable, storableOrNull } from './rows.ts'
import type { FeedbackRow, Tables } from './tables.ts'

export function addFeedback(db: Kysely<Tables>, feedback: readonly Feedback[]): CompiledQuery[] {
  const rows = lastOfEach(feedback.map(feedbackRow), ({ id }) => id)
  return chunks(rows).map((part) =>
    db
      .insertInto('feedback')
      .values(part)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(replacement as never))
      .compile(),
  )
}

const columns = [
  'about_kind',
  'about',
  'at',
  'source',
  'metric',
  'score',
  'comment',
  'correction',
  'author',
] as const satisfies readonly (keyof FeedbackRow)[]

const replacement = Object.fromEntries(columns.map((name) => [name, sql.ref(`excluded.${name}`)]))

/** Oldest first. */
export async function feedbackAbout(
  db: Kysely<Tables>,
  kinds: readonly Feedback['about']['kind'][],
  names: readonly string[],
): Promise<readonly Feedback[]> {
  const found: FeedbackRow[] = []
  for (const part of chunks([...new Set(names.map(indexable))])) {
    const rows = db
      .selectFrom('feedback')
      .selectAll()
      .where('about', 'in', part)
      .where('about_kind', 'in', kinds)
    found.push(...(await rows.execute()))
  }
  return found.sort(byTime).map(feedbackOf)
}

const byTime = (a: FeedbackRow, b: FeedbackRow): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1

/** Newest first. */
export async function recentFeedback(
  db: Kysely<Tables>,
  { since, limit }: { readonly since: string | null; readonly limit: number },
): Promise<readonly Feedback[]> {
  let query = db.selectFrom('feedback').selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(limit)
  if (since !== null) query = query.where('at', '>=', since)
  return (await query.execute()).map(feedbackOf)
}

function feedbackRow({ about, ...feedback }: Feedback): FeedbackRow {
  return {
    id: storable(feedback.id),
    about_kind: about.kind,
    about: indexable(aboutName(about)),
    at: feedback.at,
    source: feedback.source,
    metric: storable(feedback.metric),
    score: feedback.score,
    comment: storableOrNull(feedback.comment),
    correction: storableOrNull(feedback.correction),
    author: storable(feedback.author),
  }
}

function aboutName(about: Feedback['about']): string {
  switch (about.kind) {
    case 'decision':
      return about.decision
    case 'session':
      return about.session
    case 'episode':
      return about.episode
    default:
      return unreachable(about)
  }
}

const feedbackOf = (row: FeedbackRow): Feedback => ({
  id: row.id as FeedbackId,
  about: aboutOf(row.about_kind as Feedback['about']['kind'], row.about),
  at: row.at,
  source: row.source as Feedback['source'],
  metric: row.metric,
  score: numberOrNull(row.score),
  comment: row.comment,
  correction: row.correction,
  author: row.author,
})

function aboutOf(kind: Feedback['about']['kind'], name: string): Feedback['about'] {
  switch (kind) {
    case 'decision':
      return { kind, decision: name as DecisionId }
    case 'session':
      return { kind, session: name }
    case 'episode':
      return { kind, episode: name }
    default:
      return unreachable(kind)
  }
}
