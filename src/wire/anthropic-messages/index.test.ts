import { readdirSync, readFileSync } from 'node:fs'
import {
  anyMessagesAnswer,
  anyMessagesRequest,
  anyMessagesStream,
} from '../../../test/support/anthropic-arbitraries.ts'
import { wireFormatContract } from '../wire-format.contract.ts'
import { anthropicMessages } from './index.ts'

const fixtures = new URL('./__fixtures__/', import.meta.url)

const recordings = readdirSync(fixtures)
  .filter((name) => name.endsWith('.sse'))
  .map((name) => ({
    name,
    bytes: readFileSync(new URL(name, fixtures)),
    complete: !name.includes('failure'),
  }))

wireFormatContract(anthropicMessages, recordings, {
  requests: anyMessagesRequest,
  answers: anyMessagesAnswer,
  streams: anyMessagesStream,
  finishWithEnd: true,
})
