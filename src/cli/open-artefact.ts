import { readFile } from 'node:fs/promises'
import { ArtefactError } from '../estimate/artefact-file.ts'
import { encoderId } from '../estimate/encoder-id.ts'
import { createRouter, type Router } from '../estimate/router.ts'
import { readRouterArtefact } from '../estimate/router-artefact.ts'
import { shippedArtefact } from '../gateway/load-routers.ts'
import { UserError } from './command.ts'

export type OpenArtefact = {
  readonly path: string
  readonly bytes: Uint8Array
  readonly router: Router
  readonly encoder: string
}

/** An artefact by its path, or `shipped`. One whose heads belong to another encoder than it carries is refused. */
export async function openArtefact(written: string): Promise<OpenArtefact> {
  const path = written === 'shipped' ? await shippedArtefact() : written
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} can't be read (${error.code}). Name an artefact, or \`shipped\`.`)
  })
  try {
    const artefact = readRouterArtefact(bytes, path)
    const encoder = encoderId(artefact.encoder)
    const stated = artefact.about.encoder
    if (stated !== undefined && stated !== encoder) {
      throw new UserError(
        `${path} carries the encoder ${encoder}, but its heads were fitted over ${stated}: ` +
          'what they say of a prompt would mean nothing. Copy the artefact again, or train it again.',
      )
    }
    return { path, bytes, router: createRouter(artefact), encoder }
  } catch (error) {
    throw error instanceof ArtefactError ? new UserError(error.message) : error
  }
}
