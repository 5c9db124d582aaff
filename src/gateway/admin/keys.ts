import { spanMs } from '../../domain/since.ts'
import { KeyError } from '../../governance/key-book.ts'
import { type AdminCall, AdminError, type AdminParts, explained, param, value } from './call.ts'
import { groupChange, groupDraft, keyChange, keyDraft, shownGroup, shownKey } from './key-bodies.ts'

/** How long a rotated key's old secret goes on, where nothing is said. */
const usualOverlap = '24h'

export const keyCalls = ({ keys, clock }: AdminParts): readonly AdminCall[] =>
  explained(
    [
      {
        method: 'GET',
        path: '/keys',
        run: async () => value({ keys: (await keys.list()).map((key) => shownKey(key, clock.wall())) }),
      },
      {
        method: 'POST',
        path: '/keys',
        run: async ({ body }) => {
          const { key, secret } = await keys.create(keyDraft(body, clock.wall()))
          return value({ key: shownKey(key, clock.wall()), secret: secret.reveal() }, key.id)
        },
      },
      {
        method: 'GET',
        path: '/keys/:id',
        run: async (request) => value({ key: shownKey(await keys.find(param(request, 'id')), clock.wall()) }),
      },
      {
        method: 'PATCH',
        path: '/keys/:id',
        run: async (request) => {
          const key = await keys.change(param(request, 'id'), keyChange(request.body, clock.wall()))
          return value({ key: shownKey(key, clock.wall()) }, key.id)
        },
      },
      {
        method: 'DELETE',
        path: '/keys/:id',
        run: async (request) => {
          const key = await keys.revoke(param(request, 'id'))
          return value({ key: shownKey(key, clock.wall()) }, key.id)
        },
      },
      {
        method: 'POST',
        path: '/keys/:id/rotate',
        run: async (request) => {
          const { overlap = usualOverlap } = (request.body ?? {}) as { overlap?: unknown }
          const overlapMs = typeof overlap === 'string' ? (overlap === '0' ? 0 : spanMs(overlap)) : null
          if (overlapMs === null)
            throw new AdminError(400, 'invalid_request', 'overlap must be a span such as 24h, or "0".')
          const { key, secret } = await keys.rotate(param(request, 'id'), overlapMs)
          return value({ key: shownKey(key, clock.wall()), secret: secret.reveal() }, key.id)
        },
      },
      {
        method: 'GET',
        path: '/groups',
        run: async () => value({ groups: (await keys.groups()).map(shownGroup) }),
      },
      {
        method: 'POST',
        path: '/groups',
        run: async ({ body }) => {
          const group = await keys.createGroup(groupDraft(body))
          return value({ group: shownGroup(group) }, group.id)
        },
      },
      {
        method: 'PATCH',
        path: '/groups/:id',
        run: async (request) => {
          const group = await keys.changeGroup(param(request, 'id'), groupChange(request.body))
          return value({ group: shownGroup(group) }, group.id)
        },
      },
      {
        method: 'DELETE',
        path: '/groups/:id',
        run: async (request) => {
          const id = param(request, 'id')
          await keys.removeGroup(id)
          return value({ removed: id }, id)
        },
      },
    ],
    (error) => error instanceof KeyError,
  )
