// Migrations of what a team needs of the record: whose requests they were, what was said of them, who may ask, what was done.
// They stand in the list of `migrations.ts`, whose rules hold here.
import { type CreateTableBuilder, type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

const nullableTexts = [
  'caller_key',
  'caller_team',
  'caller_project',
  'caller_user',
  'tags',
  'session',
  'episode',
  'cache',
  'experiment',
  'arm',
  'unit',
  'features',
]

/** Partial: a decision without a session, episode or experiment costs nothing more when it is written. An index on keys would cost a tenth of a write. */
const indexedCallers = {
  session: 'session',
  episode: 'episode',
  experiment: 'experiment',
} as const

export function callersAndExperiments(db: Kysely<Tables>) {
  return [
    ...nullableTexts.map((name) => db.schema.alterTable('decisions').addColumn(name, 'text')),
    ...Object.entries(indexedCallers).map(([name, column]) =>
      db.schema
        .createIndex(`decisions_by_${name}`)
        .on('decisions')
        .columns([column, 'time'])
        .where(sql.ref(column), 'is not', null),
    ),
    db.schema
      .createTable('decision_tags')
      .addColumn('decision', 'text', required)
      .addColumn('tag', 'text', required)
      .addPrimaryKeyConstraint('decision_tags_key', ['decision', 'tag']),
  ]
}

export function pricesOfAttempts(db: Kysely<Tables>) {
  return [
    db.schema.alterTable('attempts').addColumn('long_cache_write_tokens', 'bigint'),
    db.schema.alterTable('attempts').addColumn('prices', 'text'),
  ]
}

export function feedbackOnAnswers(db: Kysely<Tables>) {
  return [
    db.schema
      .createTable('feedback')
      .addColumn('id', 'text', primary)
      .addColumn('about_kind', 'text', required)
      .addColumn('about', 'text', required)
      .addColumn('at', 'text', required)
      .addColumn('source', 'text', required)
      .addColumn('metric', 'text', required)
      .addColumn('score', 'double precision')
      .addColumn('comment', 'text')
      .addColumn('correction', 'text')
      .addColumn('author', 'text', required),
    db.schema.createIndex('feedback_by_about').on('feedback').columns(['about', 'at']),
    db.schema.createIndex('feedback_by_time').on('feedback').columns(['at', 'id']),
  ]
}

export function virtualKeys(db: Kysely<Tables>) {
  return [
    withAccess(db.schema.createTable('virtual_keys').addColumn('id', 'text', primary))
      .addColumn('name', 'text', required)
      .addColumn('key_group', 'text')
      .addColumn('key_user', 'text')
      .addColumn('tags', 'text', required)
      .addColumn('created_at', 'text', required)
      .addColumn('expires_at', 'text')
      .addColumn('revoked_at', 'text'),
    db.schema
      .createTable('key_secrets')
      .addColumn('hash', 'text', primary)
      .addColumn('virtual_key', 'text', required)
      .addColumn('position', 'integer', required)
      .addColumn('hint', 'text', required)
      .addColumn('expires_at', 'text'),
    db.schema.createIndex('key_secrets_by_key').on('key_secrets').column('virtual_key'),
    withAccess(db.schema.createTable('key_groups').addColumn('id', 'text', primary))
      .addColumn('kind', 'text', required)
      .addColumn('name', 'text', required)
      .addColumn('team', 'text')
      .addColumn('created_at', 'text', required),
  ]
}

export function documentsWithHistory(db: Kysely<Tables>) {
  return [
    db.schema
      .createTable('documents')
      .addColumn('kind', 'text', required)
      .addColumn('id', 'text', required)
      .addColumn('version', 'integer', required)
      .addColumn('changed_at', 'text', required)
      .addColumn('value', 'text', required)
      .addPrimaryKeyConstraint('documents_key', ['kind', 'id', 'version']),
  ]
}

export function auditTrail(db: Kysely<Tables>) {
  return [
    db.schema
      .createTable('audit')
      .addColumn('id', 'text', primary)
      .addColumn('time', 'text', required)
      .addColumn('kind', 'text', required)
      .addColumn('actor', 'text')
      .addColumn('action', 'text', required)
      .addColumn('subject', 'text')
      .addColumn('ok', 'integer', required)
      .addColumn('latency_ms', 'double precision')
      .addColumn('details', 'text', required),
    db.schema.createIndex('audit_by_time').on('audit').columns(['time', 'id']),
  ]
}

type ColumnOf = Parameters<CreateTableBuilder<string>['addColumn']>[2] & {}

const required: ColumnOf = (column) => column.notNull()
const primary: ColumnOf = (column) => column.primaryKey()

const withAccess = <Columns extends string>(table: CreateTableBuilder<string, Columns>) =>
  table
    .addColumn('policies', 'text', required)
    .addColumn('models', 'text', required)
    .addColumn('tools', 'text', required)
    .addColumn('spend_limits', 'text', required)
    .addColumn('rate_limits', 'text', required)
