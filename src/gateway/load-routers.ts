import { readFile } from 'node:fs/promises'
import { ArtefactError } from '../estimate/artefact-file.ts'
import { encoderId } from '../estimate/encoder-id.ts'
import { besideTheCode } from './beside-the-code.ts'
import { createRouter, type Router } from '../estimate/router.ts'
import { readRouterArtefact } from '../estimate/router-artefact.ts'

export type Routers = {
  /** Over an encoder of its own, which always answers. */
  readonly router: Router
  /** Over the vectors of the configured encoder. */
  readonly overVectors: Router | null
}

/**
 * The artefact that a configuration names must be made for its encoder; the shipped one stands in where that encoder fails.
 *
 * @param encoder id of the configured encoder; `null`: the built-in one
 * @throws ArtefactError
 */
export async function loadRouters(artefact: string | null, encoder: string | null): Promise<Routers> {
  if (artefact === null) return { router: await loadRouter(null), overVectors: null }
  const named = await loadRouter(artefact)
  const stated = named.artefact.about.encoder
  if (encoder !== null) {
    if (stated !== encoder) throw wrongEncoder(artefact, stated ?? 'that it carries', encoder)
    return { router: await loadRouter(null), overVectors: named }
  }
  // One that was trained over vectors from outside carries no words: its encoder has a single bucket.
  const weights = named.artefact.encoder
  if (stated !== undefined && (weights.buckets === 1 || stated !== encoderId(weights)))
    throw wrongEncoder(artefact, stated, weights.buckets === 1 ? 'the built-in one' : encoderId(weights))
  return { router: named, overVectors: null }
}

const wrongEncoder = (artefact: string, trainedOver: string, encoder: string): ArtefactError =>
  new ArtefactError(
    `The artefact ${artefact} was trained over the encoder ${trainedOver}, and the one in use is ${encoder}: what it says of a prompt ` +
      'would mean nothing. Name its encoder under `encoder`, or train it over the one in use with `fairlead train`.',
  )

/** The artefact that a configuration names, or the shipped one. @throws ArtefactError */
export async function loadRouter(artefact: string | null): Promise<Router> {
  const path = artefact ?? (await shippedArtefact())
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new ArtefactError(
      `The artefact ${path} can't be read (${error.code}). Name another under \`artefact\`, or make it with \`fairlead train\`.`,
    )
  })
  return createRouter(readRouterArtefact(bytes, path))
}

/** `artefacts/` stands beside `package.json`, above the built code as above the source. */
export async function shippedArtefact(): Promise<string> {
  const path = besideTheCode(import.meta.url, 'artefacts', 'default.fairlead')
  if (path !== null) return path
  throw new ArtefactError(
    'The shipped router artefacts/default.fairlead is missing. Install Fairlead again, or name one under `artefact`.',
  )
}
