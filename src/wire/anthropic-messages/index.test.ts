import {
  anyMessagesAnswer,
  anyMessagesRequest,
  anyMessagesStream,
} from '../../../test/support/anthropic-arbitraries.ts'
import { recordingsBeside } from '../../../test/support/recordings.ts'
import { wireFormatContract } from '../wire-format.contract.ts'
import { anthropicMessages } from './index.ts'

wireFormatContract(anthropicMessages, recordingsBeside(import.meta.url), {
  requests: anyMessagesRequest,
  answers: anyMessagesAnswer,
  streams: anyMessagesStream,
  finishWithEnd: true,
})
