/** A configuration that is a program: `fairlead serve`, `fairlead check` and `createFairlead()` find it in their folder. */

import { defineConfig } from 'fairlead'
import { keywords } from './keyword-strategy.ts'

export default defineConfig({
  simulated: { pace: 0 },
  strategies: [keywords],
  policies: {
    auto: { strategy: 'keywords', words: ['prove'], fallbacks: ['simulated/mid'] },
  },
})
