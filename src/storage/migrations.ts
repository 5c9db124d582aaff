import type { CompiledQuery, Kysely } from 'kysely'
import {
  auditTrail,
  callersAndExperiments,
  documentsWithHistory,
  feedbackOnAnswers,
  pricesOfAttempts,
  virtualKeys,
} from './record-migrations.ts'
import { StoreError } from './store-error.ts'
import type { Tables } from './tables.ts'

type Statements = readonly { readonly compile: () => CompiledQuery }[]

/** Written with Kysely's schema builder in types that SQLite and PostgreSQL share. One that has shipped is never edited. */
const migrations: readonly ((db: Kysely<Tables>) => Statements)[] = [
  decisionsOutcomesAttempts,
  withoutUnusedIndexes,
  stateByKind,
  keptReplies,
  lossesOfAttempts,
  callersAndExperiments,
  pricesOfAttempts,
  feedbackOnAnswers,
  virtualKeys,
  documentsWithHistory,
  auditTrail,
  variantsOfAttempts,
  sumsFromAnIndex,
  rolesOfAttempts,
]

/** Run before the version is read. */
export const createSchemaVersion = (db: Kysely<Tables>): CompiledQuery =>
  db.schema
    .createTable('schema_version')
    .ifNotExists()
    .addColumn('version', 'integer', (column) => column.notNull())
    .compile()

/** Gives no row before the first migration. */
export const readSchemaVersion = (db: Kysely<Tables>): CompiledQuery<Tables['schema_version']> =>
  db.selectFrom('schema_version').select('version').compile()

/**
 * The statements that bring a schema of version `found` up to date. Read the version and run them in one transaction,
 * under a lock that keeps other processes out: a migration that fails leaves nothing behind, and none runs twice.
 */
export function pendingMigrations(db: Kysely<Tables>, found: number, place: string): CompiledQuery[] {
  const known = migrations.length
  if (found > known) throw newerSchema(place, found, known)
  if (found === known) return []
  return [
    ...migrations
      .slice(found)
      .flatMap((statements) => statements(db).map((statement) => statement.compile())),
    db.deleteFrom('schema_version').compile(),
    db.insertInto('schema_version').values({ version: known }).compile(),
  ]
}

const newerSchema = (place: string, found: number, known: number) =>
  new StoreError(
    'newer-schema',
    `${place} was written by a newer Fairlead: its schema is version ${found}, and this one knows up to ${known}.`,
    'Upgrade Fairlead, or have it use another place.',
  )

function decisionsOutcomesAttempts(db: Kysely<Tables>): Statements {
  return [createDecisions(db), ...decisionIndexes(db), createOutcomes(db), createAttempts(db)]
}

/** No query reads them, and one on a hash touches another page with every row that is written. */
function withoutUnusedIndexes(db: Kysely<Tables>): Statements {
  return ['decisions_by_chosen', 'decisions_by_query_hash'].map((name) => db.schema.dropIndex(name))
}

function stateByKind(db: Kysely<Tables>): Statements {
  return [
    db.schema
      .createTable('state')
      .addColumn('kind', 'text', (column) => column.primaryKey())
      .addColumn('saved_at', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull()),
  ]
}

function keptReplies(db: Kysely<Tables>): Statements {
  return [
    db.schema
      .createTable('kept_replies')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('previous', 'text')
      .addColumn('kept_at', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull()),
    db.schema.createIndex('kept_replies_by_expiry').on('kept_replies').column('expires_at'),
  ]
}

function lossesOfAttempts(db: Kysely<Tables>): Statements {
  return [db.schema.alterTable('attempts').addColumn('lost', 'text')]
}

function variantsOfAttempts(db: Kysely<Tables>): Statements {
  return [db.schema.alterTable('attempts').addColumn('variant', 'text')]
}

/** What a report groups by stands in the index by time: rows are wide, and a day of them takes half as long without. */
function sumsFromAnIndex(db: Kysely<Tables>): Statements {
  return [
    db.schema.dropIndex('decisions_by_time'),
    db.schema
      .createIndex('decisions_by_time')
      .on('decisions')
      .columns(['time', 'id', 'policy', 'chosen', 'cache']),
  ]
}

/** Of attempts before it nobody knows them any more. */
function rolesOfAttempts(db: Kysely<Tables>): Statements {
  return [db.schema.alterTable('attempts').addColumn('role', 'text')]
}

function createOutcomes(db: Kysely<Tables>) {
  return db.schema
    .createTable('outcomes')
    .addColumn('decision', 'text', (column) => column.primaryKey())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('model', 'text')
    .addColumn('failure', 'text')
    .addColumn('input_tokens', 'bigint', (column) => column.notNull())
    .addColumn('output_tokens', 'bigint', (column) => column.notNull())
    .addColumn('micro_usd', 'bigint')
    .addColumn('latency_ms', 'double precision', (column) => column.notNull())
    .addColumn('first_content_ms', 'double precision')
}

function createDecisions(db: Kysely<Tables>) {
  return db.schema
    .createTable('decisions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('time', 'text', (column) => column.notNull())
    .addColumn('policy', 'text', (column) => column.notNull())
    .addColumn('policy_version', 'text', (column) => column.notNull())
    .addColumn('strategy', 'text', (column) => column.notNull())
    .addColumn('asked_model', 'text', (column) => column.notNull())
    .addColumn('query_hash', 'text', (column) => column.notNull())
    .addColumn('seed', 'text', (column) => column.notNull())
    .addColumn('chosen', 'text')
    .addColumn('propensity', 'double precision', (column) => column.notNull())
    .addColumn('because', 'text', (column) => column.notNull())
    .addColumn('decided_in_micros', 'double precision', (column) => column.notNull())
    .addColumn('signals', 'text', (column) => column.notNull())
    .addColumn('objective', 'text', (column) => column.notNull())
    .addColumn('candidates', 'text', (column) => column.notNull())
    .addColumn('refused', 'text', (column) => column.notNull())
    .addColumn('trace', 'text', (column) => column.notNull())
}

function decisionIndexes(db: Kysely<Tables>) {
  const indexed = {
    time: ['time', 'id'],
    policy: ['policy', 'time'],
    chosen: ['chosen'],
    query_hash: ['query_hash'],
  }
  return Object.entries(indexed).map(([name, columns]) =>
    db.schema.createIndex(`decisions_by_${name}`).on('decisions').columns(columns),
  )
}

function createAttempts(db: Kysely<Tables>) {
  return db.schema
    .createTable('attempts')
    .addColumn('decision', 'text', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('started_after_ms', 'double precision', (column) => column.notNull())
    .addColumn('first_content_after_ms', 'double precision')
    .addColumn('ended_after_ms', 'double precision', (column) => column.notNull())
    .addColumn('input_tokens', 'bigint', (column) => column.notNull())
    .addColumn('cached_read_tokens', 'bigint', (column) => column.notNull())
    .addColumn('cache_write_tokens', 'bigint', (column) => column.notNull())
    .addColumn('output_tokens', 'bigint', (column) => column.notNull())
    .addColumn('reasoning_tokens', 'bigint', (column) => column.notNull())
    .addColumn('usage_source', 'text', (column) => column.notNull())
    .addColumn('micro_usd', 'bigint')
    .addColumn('finish', 'text')
    .addColumn('failure', 'text')
    .addColumn('message', 'text')
    .addColumn('vendor_status', 'integer')
    .addPrimaryKeyConstraint('attempts_key', ['decision', 'position'])
}
