import type { Request } from '../../domain/request.ts'
import { oneAnswerFault } from '../ensemble/ballots.ts'

/** Why a team can't work on a request; `null`: it can. */
export const unfitForTeams = (request: Request): string | null =>
  request.tools.length > 0 || (request.hostedTools ?? []).length > 0
    ? "a team can't share the tools of the request"
    : oneAnswerFault(request)
