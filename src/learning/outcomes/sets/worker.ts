/** Measures an outcome set on a thread of its own, so that whoever serves requests is not held up. Started by `gateway/outcome-sets/`. */

import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { MeasureEvent, MeasureRequest } from '../../../domain/measured-frontier.ts'
import { measureSet } from './measure.ts'

// On Linux a priority is a thread's own; elsewhere it would be that of the whole process. Requests go first.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

const tell = (event: MeasureEvent): void => parentPort!.postMessage(event)

tell(await measureSet(workerData as MeasureRequest, (progress) => tell({ kind: 'progress', ...progress })))
