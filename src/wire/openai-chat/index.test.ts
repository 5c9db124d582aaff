import { readdirSync, readFileSync } from 'node:fs'
import { wireFormatContract } from '../wire-format.contract.ts'
import { openaiChat } from './index.ts'

const fixtures = new URL('./__fixtures__/', import.meta.url)

const recordings = readdirSync(fixtures)
  .filter((name) => name.endsWith('.sse'))
  .map((name) => ({
    name,
    bytes: readFileSync(new URL(name, fixtures)),
    complete: !name.includes('failure'),
  }))

wireFormatContract(openaiChat, recordings)
