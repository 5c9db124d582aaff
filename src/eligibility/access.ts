import { permits } from '../domain/virtual-key.ts'
import type { Rule } from './rule.ts'

/** The key, its project and its team must all allow the model. */
export const access: Rule = {
  name: 'access',
  refuse: ({ id }, { allowedModels = [] }) =>
    allowedModels.every((list) => permits(list, id)) ? null : 'the key may not use it',
}
