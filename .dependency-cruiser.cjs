// The layer table of ARCHITECTURE.md, as rules. A layer may import itself, `domain`, and what its row names.
const layers = {
  domain: [],
  wire: [],
  catalog: [],
  signals: [],
  eligibility: [],
  strategies: [],
  storage: [],
  // Statistics of experiments and off-policy evaluation: pure, and light enough for the serving process.
  statistics: [],
  tools: ['signals'],
  governance: ['storage', 'engine', 'eligibility'],
  caching: ['storage', 'signals'],
  experiments: ['statistics', 'storage'],
  mcp: ['engine', 'storage'],
  estimate: ['signals'],
  providers: ['wire', 'catalog'],
  engine: ['wire'],
  telemetry: ['storage'],
  learning: [
    'statistics',
    'storage',
    'signals',
    'estimate',
    'eligibility',
    'strategies',
    'engine',
    'catalog',
    'providers',
  ],
  config: ['catalog', 'providers', 'strategies', 'storage'],
  gateway: [
    'wire',
    'catalog',
    'signals',
    'eligibility',
    'estimate',
    'strategies',
    'engine',
    'providers',
    'storage',
    'telemetry',
    'config',
    'governance',
    'caching',
    'experiments',
    'statistics',
    'tools',
    'mcp',
  ],
  http: ['wire', 'gateway', 'telemetry', 'storage', 'governance', 'config', 'mcp'],
  library: [
    'wire',
    'catalog',
    'strategies',
    'engine',
    'providers',
    'storage',
    'telemetry',
    'config',
    'gateway',
    'http',
  ],
  cli: [
    'wire',
    'catalog',
    'signals',
    'eligibility',
    'estimate',
    'strategies',
    'engine',
    'providers',
    'storage',
    'telemetry',
    'config',
    'learning',
    'gateway',
    'http',
    'governance',
    'statistics',
    'experiments',
    'mcp',
    'library',
  ],
}

const layerRules = Object.entries(layers).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  severity: 'error',
  from: { path: `^src/${layer}/`, pathNot: '\\.(test|contract)\\.ts$' },
  to: { path: '^src/', pathNot: `^src/(${[layer, 'domain', ...allowed].join('|')})/` },
}))

// Members of a family do not know each other; what they share lives in the family's own type file.
const families = ['eligibility', 'strategies', 'providers/vendors']
const familyRules = families.map((family) => ({
  name: `siblings-${family.replace('/', '-')}`,
  severity: 'error',
  from: {
    path: `^src/${family}/([^/]+)\\.ts$`,
    pathNot: `^src/${family}/(index|strategy|rule|vendor)\\.ts$|\\.(test|contract)\\.ts$`,
  },
  to: { path: `^src/${family}/[^/]+\\.ts$`, pathNot: `^src/${family}/(strategy|rule|vendor)\\.ts$` },
}))

module.exports = {
  forbidden: [
    ...layerRules,
    ...familyRules,
    {
      name: 'no-value-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'serving-never-trains',
      comment: 'Training, data sets and evaluation are offline: a running gateway must not load them.',
      severity: 'error',
      from: {
        path: '^src/(domain|wire|catalog|signals|eligibility|estimate|strategies|engine|providers|storage|telemetry|config|gateway|http|library|statistics|governance|caching|experiments|tools|mcp)/',
        pathNot: '\\.(test|contract)\\.ts$',
      },
      to: { path: '^src/learning/' },
    },
    {
      name: 'domain-imports-nothing',
      severity: 'error',
      from: { path: '^src/domain/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.(test|contract)\\.ts$' },
      to: { path: '^test/|\\.test\\.ts$' },
    },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      from: { path: '^(src|bench)/' },
      // An optional peer is declared, and still called undeclared.
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'],
        dependencyTypesNot: ['npm-peer'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
