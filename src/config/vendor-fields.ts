import { z } from 'zod'
import { dataPolicies } from '../domain/routing-options.ts'
import { dataCollections, wireFormatNames } from '../domain/vendor.ts'
import { libraryFields } from './library-fields.ts'

const text = z.string().min(1)

const url = text.refine((value) => value.includes('${') || isHttpUrl(value), {
  error: ({ input }) =>
    `${JSON.stringify(input)} is not a URL. Write one such as https://api.example.com/v1.`,
})

const isHttpUrl = (value: string): boolean => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)

export const vendorSchema = z.strictObject({
  extends: text
    .optional()
    .describe('A vendor that Fairlead knows; this one differs in what is written here.'),
  baseUrl: url.optional().describe("Everything before the wire format's own path."),
  apiKey: text.optional().describe(`The key, or better where it is: env:NAME or \${NAME}.`),
  apiKeys: z
    .array(text)
    .min(1)
    .optional()
    .describe('Several keys, taken in turn; a limit of one leaves the others.'),
  headers: z.record(text, z.string()).optional().describe(`Sent with every call; values may hold \${NAME}.`),
  format: z.enum(wireFormatNames).optional(),
  local: z.boolean().optional().describe('Runs on your own hardware: needs no key, and tokens cost nothing.'),
  dataCollection: z
    .enum(dataCollections)
    .optional()
    .describe(
      'What the vendor does with what it is sent, by your contract: keeps nothing, keeps it, or trains on it.',
    ),
  region: text.optional().describe('Where the vendor computes, in the words that policies use: eu, us.'),
  discover: z
    .boolean()
    .optional()
    .describe('Asks the vendor at each start which models it has, and adds them to the catalogue.'),
  ...libraryFields,
})
export type VendorEntry = z.output<typeof vendorSchema>

/** Of a policy: which vendors may serve it. */
export const vendorConditionFields = {
  vendors: z
    .strictObject({ only: z.array(text).min(1).optional(), ignore: z.array(text).optional() })
    .optional()
    .describe('Vendors that may serve, or may not.'),
  dataPolicy: z
    .enum(dataPolicies)
    .optional()
    .describe('What a vendor may do with what it is sent, at most; see dataCollection of vendors.'),
  region: z
    .union([text, z.array(text).min(1)])
    .optional()
    .describe('Where a vendor must compute; see region of vendors.'),
}
