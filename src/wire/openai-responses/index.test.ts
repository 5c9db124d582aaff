import { readdirSync, readFileSync } from 'node:fs'
import {
  anyResponsesAnswer,
  anyResponsesRequest,
  anyResponsesStream,
} from '../../../test/support/responses-arbitraries.ts'
import { wireFormatContract } from '../wire-format.contract.ts'
import { openaiResponses } from './index.ts'

const fixtures = new URL('./__fixtures__/', import.meta.url)

const recordings = readdirSync(fixtures)
  .filter((name) => name.endsWith('.sse'))
  .map((name) => ({
    name,
    bytes: readFileSync(new URL(name, fixtures)),
    complete: !name.includes('failure'),
  }))

wireFormatContract(openaiResponses, recordings, {
  requests: anyResponsesRequest,
  answers: anyResponsesAnswer,
  streams: anyResponsesStream,
  finishWithEnd: true,
})
