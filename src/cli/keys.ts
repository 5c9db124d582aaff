import type { Command } from 'commander'
import { systemClock } from '../gateway/system-clock.ts'
import type { VirtualKey } from '../domain/virtual-key.ts'
import { spanMs } from '../domain/since.ts'
import { AdminError } from '../gateway/admin/call.ts'
import { groupDraft, keyDraft, shownKey } from '../gateway/admin/key-bodies.ts'
import { createKeyBook, type Issued, type KeyBook, KeyError } from '../governance/key-book.ts'
import { type CliCommand, UserError } from './command.ts'
import { type StoreFlags, storeOf } from './open-store.ts'
import { table } from './table.ts'

export const keysCommand: CliCommand = (program) => {
  const keys = program
    .command('keys')
    .description('keys that clients show to Fairlead: make, list, rotate and revoke them')
  withStore(
    withLimits(keys.command('create'))
      .description('make a key; its secret is shown this once')
      .requiredOption('--name <name>', 'what people call it')
      .option('--group <name>', 'the team or project that it belongs to')
      .option('--user <id>', 'whose requests they are')
      .option('--tag <tags...>', 'given to each of its requests')
      .option('--expires-in <span>', 'as 12h or 30d'),
  ).action((flags: CreateFlags) => within(flags, (book) => create(book, flags)))
  withStore(keys.command('list').description('all keys, revoked and expired ones included')).action(
    (flags: Common) => within(flags, (book) => list(book, flags)),
  )
  withStore(keys.command('show').description('one key').argument('<id>', 'id or name')).action(
    (id: string, flags: Common) => within(flags, async (book) => shown(await book.find(id))),
  )
  withStore(
    keys
      .command('rotate')
      .description('another secret for a key')
      .argument('<id>', 'id or name')
      .option('--overlap <span>', 'how long the old secret goes on; 0 for not at all', '24h'),
  ).action((id: string, flags: Common & { readonly overlap: string }) =>
    within(flags, async (book) => issuedText(await book.rotate(id, overlapMs(flags.overlap)), flags)),
  )
  withStore(keys.command('revoke').description('end a key for good').argument('<id>', 'id or name')).action(
    (id: string, flags: Common) =>
      within(flags, async (book) => {
        const { name } = await book.revoke(id)
        return `${name} is revoked. Gateways that run turn it away within five seconds.`
      }),
  )
  withStore(
    withLimits(
      keys
        .command('add-group')
        .description('make a team or a project')
        .argument('<kind>', 'team or project')
        .argument('<name>', 'its name'),
    ).option('--team <name>', 'of a project: the team that it belongs to'),
  ).action((kind: string, name: string, flags: LimitFlags & { readonly team?: string }) =>
    within(flags, async (book) => {
      const group = await book.createGroup(groupDraft({ kind, name, team: flags.team, ...limitBody(flags) }))
      return `${group.kind} ${group.name}: ${group.id}`
    }),
  )
  withStore(keys.command('groups').description('teams and projects')).action((flags: Common) =>
    within(flags, async (book) => JSON.stringify(await book.groups(), null, 2)),
  )
}

type Common = StoreFlags & { readonly json?: boolean }

type LimitFlags = Common & {
  readonly policies?: readonly string[]
  readonly models?: readonly string[]
  readonly tools?: readonly string[]
  readonly usd?: string
  readonly tokens?: string
  readonly per?: string
  readonly softAt?: string
  readonly requestsPerMinute?: string
  readonly tokensPerMinute?: string
  readonly concurrency?: string
}

type CreateFlags = LimitFlags & {
  readonly name: string
  readonly group?: string
  readonly user?: string
  readonly tag?: readonly string[]
  readonly expiresIn?: string
}

const withStore = (command: Command): Command =>
  command
    .option('-c, --config <file>', 'configuration file')
    .option('--db <path>', 'the SQLite file, where it is not the configuration’s')
    .option('--json', 'print JSON')

const withLimits = (command: Command): Command =>
  command
    .option('--policies <names...>', 'policies that may be asked for; all, if left out')
    .option('--models <ids...>', 'models that may answer, as vendor/name or vendor/*; all, if left out')
    .option('--tools <names...>', 'tools of MCP servers, as server/tool or server/*; all, if left out')
    .option('--usd <dollars>', 'dollars in each period')
    .option('--tokens <count>', 'tokens in each period')
    .option('--per <period>', 'hour, day, week, month or lifetime')
    .option('--soft-at <share>', 'from this share of it on requests go to cheaper models')
    .option('--requests-per-minute <count>', 'over any stretch of a minute')
    .option('--tokens-per-minute <count>', 'over any stretch of a minute')
    .option('--concurrency <count>', 'requests at one time')

/** Opens the book, does the work, prints what comes of it. */
async function within(flags: StoreFlags, work: (book: KeyBook) => Promise<string>): Promise<void> {
  const { store } = await storeOf(flags, { create: true })
  try {
    console.log(await work(createKeyBook(store, systemClock, () => {})))
  } catch (error) {
    throw error instanceof KeyError || error instanceof AdminError ? new UserError(error.message) : error
  } finally {
    await store.close()
  }
}

async function create(book: KeyBook, flags: CreateFlags): Promise<string> {
  const { name, group, user, tag, expiresIn } = flags
  const body = { name, group, user, tags: tag, expiresIn, ...limitBody(flags) }
  return issuedText(await book.create(keyDraft(body, systemClock.wall())), flags)
}

function limitBody(flags: LimitFlags): object {
  const { policies, models, tools, usd, tokens, per, softAt } = flags
  const spends = usd !== undefined || tokens !== undefined || per !== undefined
  return {
    policies,
    models,
    tools,
    ...(spends && { limits: [{ usd: number(usd), tokens: number(tokens), per, softAt: number(softAt) }] }),
    requestsPerMinute: number(flags.requestsPerMinute),
    tokensPerMinute: number(flags.tokensPerMinute),
    concurrency: number(flags.concurrency),
  }
}

/** What is no number is refused where the body is read. */
const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)

function overlapMs(text: string): number {
  const span = text === '0' ? 0 : spanMs(text)
  if (span !== null) return span
  throw new UserError(`--overlap ${text} is not a span. Write one such as 24h, or 0.`)
}

function issuedText({ key, secret }: Issued, { json }: Common): string {
  if (json)
    return JSON.stringify({ key: shownKey(key, systemClock.wall()), secret: secret.reveal() }, null, 2)
  return [
    `${key.name}: ${key.id}`,
    '',
    `  ${secret.reveal()}`,
    '',
    'This is the only time that it is shown. Send it as `Authorization: Bearer ...`, or as `x-api-key`.',
  ].join('\n')
}

const shown = (key: VirtualKey): string => JSON.stringify(shownKey(key, systemClock.wall()), null, 2)

async function list(book: KeyBook, { json }: Common): Promise<string> {
  const keys = (await book.list()).map((key) => shownKey(key, systemClock.wall()))
  if (json) return JSON.stringify(keys, null, 2)
  if (keys.length === 0) return 'There are no keys. Make one with `fairlead keys create --name ...`.'
  const groups = new Map((await book.groups()).map(({ id, name }) => [id, name]))
  const columns = ['Key', 'Name', 'Status', 'Secrets', 'Group', 'User', 'Limits', 'Expires'].map((title) => ({
    title,
  }))
  return table(
    columns,
    keys.map((key) => [
      key.id,
      key.name,
      key.status,
      key.secrets.map(({ hint }) => hint).join(' '),
      key.group === null ? '-' : (groups.get(key.group) ?? key.group),
      key.user ?? '-',
      key.spendLimits
        .map(({ unit, limit, per }) => `${unit === 'usd' ? `$${limit}` : `${limit} tokens`} per ${per}`)
        .join(', ') || '-',
      key.expiresAt ?? 'never',
    ]),
  )
}
