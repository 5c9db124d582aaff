import { z } from 'zod'

const text = z.string().min(1)
const settings = z.record(text, z.unknown())

/** Fields of a vendor that is reached through a provider package of the Vercel AI SDK. */
export const libraryFields = {
  provider: z
    .literal('ai-sdk')
    .optional()
    .describe('Reaches the vendor through a provider package of the Vercel AI SDK, which you install.'),
  package: text.optional().describe('The package, such as @ai-sdk/google, or the path of a file.'),
  export: text
    .optional()
    .describe('Its function that makes a provider, where it has several that begin with create.'),
  method: text
    .optional()
    .describe("The provider's method that makes a model, where it is not languageModel, such as chat."),
  options: settings
    .optional()
    .describe(`What that function is given beside apiKey, baseUrl and headers; texts may hold \${NAME}.`),
  callOptions: z
    .record(text, settings)
    .optional()
    .describe("The package's own options for every call (providerOptions), under its own name."),
}
