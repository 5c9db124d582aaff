import { addAudit, auditRows } from './audit.ts'
import { countDecisions, findDecision, listDecisions } from './decisions.ts'
import {
  documentHistory,
  findDocument,
  findState,
  listDocuments,
  putDocument,
  saveState,
} from './documents.ts'
import { addFeedback, feedbackAbout, recentFeedback } from './feedback.ts'
import { listCosts, listTimings } from './figures.ts'
import { forgetBefore } from './forget.ts'
import { findReply, forgetExpired, forgetReply, keepReply } from './kept-replies.ts'
import { findKey, findKeyByHash, listGroups, listKeys, putGroup, putKey, removeGroup } from './keys.ts'
import { ledgerRows } from './ledger.ts'
import { reportRows, spendRows } from './spending.ts'
import { type SqlConnection, writeOne } from './sql-connection.ts'
import type {
  AuditStore,
  DecisionStore,
  DocumentStore,
  FeedbackStore,
  KeyStore,
  ReplyStore,
  Store,
} from './store.ts'

/** Runs work on an open store, and says in the user's terms what fails. */
export type Use = <T>(work: () => T | Promise<T>) => Promise<T>

/** All that SQL stores have in common: everything but the hot path, and the end. */
type CommonStore = Omit<Store, 'append' | 'close'>

export const commonStore = (connection: SqlConnection, use: Use): CommonStore => ({
  ...decisionStore(connection, use),
  ...feedbackStore(connection, use),
  ...keyStore(connection, use),
  ...replyStore(connection, use),
  ...documentStore(connection, use),
  ...auditStore(connection, use),
})

function decisionStore(connection: SqlConnection, use: Use): Omit<DecisionStore, 'append'> {
  const { db, searches } = connection
  return {
    decision: (id) => use(() => findDecision(db, id)),
    decisions: (filter) => use(() => listDecisions(searches, filter)),
    timings: (filter) => use(() => listTimings(searches, filter)),
    costs: (filter) => use(() => listCosts(searches, filter)),
    countDecisions: (filter) => use(() => countDecisions(searches, filter)),
    report: (filter) => use(() => reportRows(searches, filter)),
    spending: (filter, by) => use(() => spendRows(searches, filter, by)),
    ledger: (filter) => use(() => ledgerRows(searches, filter)),
    forgetBefore: (time, most) => use(() => forgetBefore(connection, time, most)),
  }
}

function feedbackStore({ db, searches, write }: SqlConnection, use: Use): FeedbackStore {
  return {
    addFeedback: (rows) => use(async () => void (await write(addFeedback(db, rows)))),
    feedbackOn: (decisions) => use(() => feedbackAbout(db, ['decision'], decisions)),
    feedbackOnSessions: (names) => use(() => feedbackAbout(db, ['session', 'episode'], names)),
    recentFeedback: (filter) => use(() => recentFeedback(searches, filter)),
  }
}

function keyStore(connection: SqlConnection, use: Use): KeyStore {
  const { db, write } = connection
  return {
    putKey: (key) => use(async () => void (await write(putKey(db, key)))),
    keyByHash: (hash) => use(() => findKeyByHash(db, hash)),
    key: (id) => use(() => findKey(db, id)),
    keys: () => use(() => listKeys(db)),
    putGroup: (group) => use(async () => void (await write(putGroup(db, group)))),
    groups: () => use(() => listGroups(db)),
    removeGroup: (id) => use(async () => (await writeOne(connection, removeGroup(db, id))) > 0),
  }
}

function replyStore(connection: SqlConnection, use: Use): ReplyStore {
  const { db, write } = connection
  return {
    keepReply: (reply) => use(async () => void (await write([keepReply(db, reply)]))),
    keptReply: (id, now) => use(() => findReply(db, id, now.toISOString())),
    forgetReply: (id) => use(async () => (await writeOne(connection, forgetReply(db, id))) > 0),
    forgetExpired: (now) => use(() => writeOne(connection, forgetExpired(db, now.toISOString()))),
  }
}

function documentStore(connection: SqlConnection, use: Use): DocumentStore {
  const { db, write } = connection
  return {
    saveState: (kind, state) => use(async () => void (await write([saveState(db, kind, state)]))),
    savedState: (kind) => use(() => findState(db, kind)),
    putDocument: (document, after) =>
      use(async () => (await write(putDocument(db, document, after)))[0]! > 0),
    document: (kind, id) => use(() => findDocument(db, kind, id)),
    documents: (kind) => use(() => listDocuments(db, kind)),
    documentHistory: (kind, id, limit) => use(() => documentHistory(db, kind, id, limit)),
  }
}

function auditStore({ db, searches, write }: SqlConnection, use: Use): AuditStore {
  return {
    addAudit: (rows) => use(async () => void (await write(addAudit(db, rows)))),
    audit: (filter) => use(() => auditRows(searches, filter)),
  }
}
