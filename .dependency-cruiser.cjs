// Who may import whom. Data flows one way: a stage knows its own folder and what lies under all stages.
const stages = ['profile', 'hotspots', 'loops', 'verdict', 'refactors', 'trial', 'benchmark', 'report'];
const shared = '^analyzers/(types\\.ts|platform/|syntax/|run/)';

module.exports = {
  forbidden: [
    ...stages.map((stage) => ({
      name: `stage-${stage}`,
      comment: `analyzers/${stage} takes plain data and returns plain data: only types.ts, platform/, syntax/, run/ and itself.`,
      severity: 'error',
      from: { path: `^analyzers/${stage}/` },
      to: { path: '^(analyzers|extension|webview|test)/', pathNot: [shared, `^analyzers/${stage}/`] },
    })),
    {
      name: 'run-is-below-the-stages',
      severity: 'error',
      from: { path: '^analyzers/run/' },
      to: { path: '^(analyzers|extension|webview|test)/', pathNot: ['^analyzers/(types\\.ts|platform/|run/)'] },
    },
    {
      name: 'syntax-is-below-the-stages',
      severity: 'error',
      from: { path: '^analyzers/syntax/' },
      to: { path: '^(analyzers|extension|webview|test)/', pathNot: ['^analyzers/(types\\.ts|platform/|syntax/)'] },
    },
    {
      name: 'platform-is-the-floor',
      severity: 'error',
      from: { path: '^analyzers/platform/' },
      to: { path: '^(analyzers|extension|webview|test)/', pathNot: ['^analyzers/(types\\.ts|platform/)'] },
    },
    { name: 'types-import-nothing', severity: 'error', from: { path: '^analyzers/types\\.ts' }, to: { path: '.' } },
    {
      name: 'engine-knows-no-editor',
      severity: 'error',
      from: { path: '^analyzers/' },
      to: { path: '^(vscode$|node_modules/(vscode$|@vscode/python-extension)|extension/|webview/)' },
    },
    {
      name: 'webview-knows-only-types-and-units',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^(analyzers|extension)/', pathNot: '^analyzers/(types|platform/units)\\.ts' },
    },
    {
      name: 'host-does-no-heavy-work',
      comment: 'The extension talks to the engine process; it shares only types, units and the protocol.',
      severity: 'error',
      from: { path: '^extension/' },
      to: { path: '^analyzers/', pathNot: '^analyzers/(types|cli/protocol|platform/(units|result|text-edit))\\.ts' },
    },
    {
      name: 'one-spawn',
      comment: 'platform/process.ts is the only file that starts programs.',
      severity: 'error',
      from: { path: '^analyzers/', pathNot: '^analyzers/platform/process\\.ts' },
      to: { path: '^(node:)?child_process$|node_modules/execa/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
    exclude: { path: '^(dist|out|\\.venv)' },
  },
};
