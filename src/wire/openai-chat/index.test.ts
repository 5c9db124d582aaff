import { recordingsBeside } from '../../../test/support/recordings.ts'
import { wireFormatContract } from '../wire-format.contract.ts'
import { openaiChat } from './index.ts'

wireFormatContract(openaiChat, recordingsBeside(import.meta.url))
