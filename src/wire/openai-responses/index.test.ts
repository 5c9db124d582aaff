import {
  anyResponsesAnswer,
  anyResponsesRequest,
  anyResponsesStream,
} from '../../../test/support/responses-arbitraries.ts'
import { recordingsBeside } from '../../../test/support/recordings.ts'
import { wireFormatContract } from '../wire-format.contract.ts'
import { openaiResponses } from './index.ts'

wireFormatContract(openaiResponses, recordingsBeside(import.meta.url), {
  requests: anyResponsesRequest,
  answers: anyResponsesAnswer,
  streams: anyResponsesStream,
  finishWithEnd: true,
})
