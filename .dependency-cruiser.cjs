/** Who may import whom: the table of docs/architecture.md, one rule a line. `npm run check` and a test run it. */

/** Everything a folder may not reach, said as "only these paths". */
const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from,
  to: { pathNot: allowed },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle has no first file to read.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'Every import leads somewhere.',
      from: { path: '^src/' },
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
    {
      name: 'no-dev-packages',
      severity: 'error',
      comment: 'The program runs on production packages; the window is bundled and may use any.',
      from: { path: '^src/(base|raft|farm|printer|contract|main)/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/electron/',
      },
    },
    only('base-imports-nothing', { path: '^src/base/' }, '^src/base/', 'base is what everything stands on.'),
    only(
      'raft-core-is-pure',
      { path: '^src/raft/core/' },
      '^src/(raft/core|base)/',
      'Consensus is a function of ticks and messages.',
    ),
    {
      name: 'raft-node-knows-no-app',
      severity: 'error',
      comment: 'The driver of consensus knows nothing of printers; of packages it has its wire format only.',
      from: { path: '^src/raft/', pathNot: '^src/raft/core/' },
      to: { pathNot: ['^src/(raft|base)/', '^node_modules/msgpackr/'], dependencyTypesNot: ['core'] },
    },
    only(
      'farm-is-pure',
      { path: '^src/farm/' },
      ['^src/(farm|base)/', '^node_modules/immutable/'],
      'The replicated state machine needs nothing but its collections.',
    ),
    only(
      'printer-is-pure',
      { path: '^src/printer/' },
      '^src/(printer|base)/',
      'How to talk to firmware needs no port.',
    ),
    only(
      'contract-is-the-wire',
      { path: '^src/contract/' },
      ['^src/contract/', '^src/farm/', '^node_modules/zod/'],
      'The contract describes the wire, not a side of it.',
    ),
    {
      name: 'contract-takes-types-of-farm',
      severity: 'error',
      comment: 'The window must not bundle the farm by way of the contract.',
      from: { path: '^src/contract/' },
      to: { path: '^src/farm/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'main-knows-no-window',
      severity: 'error',
      comment: 'The window is one more client of the API.',
      from: { path: '^src/main/' },
      to: { path: '^src/renderer/' },
    },
    {
      name: 'electron-in-its-folder',
      severity: 'error',
      comment: 'Elsewhere `import "electron"` kills a headless node.',
      from: { path: '^src/', pathNot: '^src/main/electron/' },
      to: { path: ['^electron$', '(^|/)node_modules/(electron|electron-store)/', '^src/main/electron/'] },
    },
    {
      name: 'serialport-in-its-file',
      severity: 'error',
      comment: 'One file owns serial ports.',
      from: { path: '^src/', pathNot: '^src/main/bridge/serialLink' },
      to: { path: '(^|/)node_modules/(serialport|@serialport)/' },
    },
    {
      name: 'renderer-knows-the-contract-only',
      severity: 'error',
      comment: 'The window sees what every client sees.',
      from: { path: '^src/renderer/' },
      to: { path: '^src/(base|farm|raft|printer|main)/' },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      comment: 'The window is a web page.',
      from: { path: '^src/renderer/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json', '.css', '.svg'],
      conditionNames: ['import', 'types', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
