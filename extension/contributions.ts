/**
 * Every id, title, setting and colour that the editor learns from the manifest, in one typed place.
 * `contributes` in package.json is generated from `manifest()` by scripts/generate-contributes.ts; the running code takes the same constants, so the two cannot drift.
 * No import of `vscode`: the generator runs under plain Node.
 */

export const commands = {
  profile: { id: 'hotloop.profile', title: 'Profile Active Script', icon: '$(flame)' },
  findSpeedups: { id: 'hotloop.findSpeedups', title: 'Find Speedups', icon: '$(rocket)' },
  openReport: { id: 'hotloop.openReport', title: 'Open Report', icon: '$(graph)' },
  apply: { id: 'hotloop.apply', title: 'Apply Speedup', icon: '$(check)' },
  clear: { id: 'hotloop.clear', title: 'Clear Heat and Lenses', icon: '$(clear-all)' },
  cancel: { id: 'hotloop.cancel', title: 'Cancel the Running Analysis', icon: '$(debug-stop)' },
  choosePython: { id: 'hotloop.choosePython', title: 'Choose Python Interpreter', icon: '$(symbol-misc)' },
  showLog: { id: 'hotloop.showLog', title: 'Show Log', icon: '$(output)' },
} as const satisfies Record<string, { id: `hotloop.${string}`; title: string; icon: string }>;

/** What the commands take when code calls them; from the palette they come without arguments and ask. */
export interface CommandArguments {
  apply: [request?: { path: string; candidate: string }];
  openReport: [request?: { path: string; hotspot?: string; candidate?: string }];
}

export const panelType = 'hotloop.report';
export const statusItemId = 'hotloop.status';
/** True while an analysis runs, for `when` clauses. */
export const runningContext = 'hotloop.running';
export const reportContext = 'hotloop.hasReport';

interface Colours {
  id: string;
  description: string;
  defaults: { dark: string; light: string; highContrast: string; highContrastLight: string };
}
/** From cool to hot; high contrast themes mark by border and text, so their backgrounds stay faint. */
export const heatColours = [
  {
    id: 'hotloop.heatLow',
    description: 'Background of lines that take 1 % to 10 % of the run.',
    defaults: { dark: '#d7ba7d14', light: '#bf880012', highContrast: '#00000000', highContrastLight: '#00000000' },
  },
  {
    id: 'hotloop.heatMedium',
    description: 'Background of lines that take 10 % to 40 % of the run.',
    defaults: { dark: '#e0873426', light: '#d9730d1f', highContrast: '#e0873433', highContrastLight: '#d9730d22' },
  },
  {
    id: 'hotloop.heatHigh',
    description: 'Background of lines that take more than 40 % of the run.',
    defaults: { dark: '#f14c4c33', light: '#e5140024', highContrast: '#f14c4c55', highContrastLight: '#e5140033' },
  },
] as const satisfies Colours[];
export const markColours = {
  ruler: {
    id: 'hotloop.heatRuler',
    description: 'Hot lines in the overview ruler.',
    defaults: { dark: '#f14c4caa', light: '#e51400aa', highContrast: '#f38518', highContrastLight: '#b5200d' },
  },
  text: {
    id: 'hotloop.heatText',
    description: 'The share of the run, written behind a hot line.',
    defaults: { dark: '#c09a70', light: '#8a5a1c', highContrast: '#ffd9a0', highContrastLight: '#5c3500' },
  },
  stale: {
    id: 'hotloop.staleText',
    description: 'The share behind a hot line when the file was changed after it was measured.',
    defaults: { dark: '#8a8a8a', light: '#757575', highContrast: '#d0d0d0', highContrastLight: '#424242' },
  },
} as const satisfies Record<string, Colours>;

type Scope = 'machine-overridable' | 'resource' | 'window';
interface Setting<T> {
  key: `hotloop.${string}`;
  type: 'string' | 'number' | 'boolean' | 'array';
  default: T;
  scope: Scope;
  description: string;
  minimum?: number;
  items?: { type: string; minimum?: number };
  /** Takes no value from an untrusted workspace. */
  restricted?: true;
}
const setting = <T>(value: Setting<T>): Setting<T> => value;
export const settings = {
  python: setting<string>({
    key: 'hotloop.python',
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    restricted: true,
    description:
      'Python interpreter that runs the script. Empty: the one chosen in the Python extension, else the virtual environment of the folder, else python3 on the PATH.',
  }),
  args: setting<string[]>({
    key: 'hotloop.args',
    type: 'array',
    default: [],
    scope: 'resource',
    restricted: true,
    items: { type: 'string' },
    description: 'Arguments given to the script, one an entry.',
  }),
  cwd: setting<string>({
    key: 'hotloop.cwd',
    type: 'string',
    default: '',
    scope: 'resource',
    restricted: true,
    description: "Folder that the script is started in. Empty: the workspace folder, or the script's own folder when it lies in none.",
  }),
  budget: setting<number>({
    key: 'hotloop.budget',
    type: 'number',
    default: 60,
    scope: 'resource',
    minimum: 5,
    description: 'Seconds that Find Speedups may spend on runs beyond the first one.',
  }),
  limit: setting<number>({
    key: 'hotloop.limit',
    type: 'number',
    default: 0,
    scope: 'resource',
    minimum: 0,
    description: 'Seconds after which the measured run is stopped and what was seen is analysed. 0: the script runs to its end.',
  }),
  workers: setting<number[]>({
    key: 'hotloop.workers',
    type: 'array',
    default: [],
    scope: 'resource',
    items: { type: 'number', minimum: 1 },
    description: 'Worker counts that pools are measured with. Empty: 1, 2, 4 up to the number of cores.',
  }),
  heat: setting<boolean>({
    key: 'hotloop.heat',
    type: 'boolean',
    default: true,
    scope: 'window',
    description: 'Colour hot lines and write their share of the run behind them.',
  }),
  lenses: setting<boolean>({
    key: 'hotloop.lenses',
    type: 'boolean',
    default: true,
    scope: 'window',
    description: 'Show a code lens with the share, the bottleneck and the best speedup above each hotspot.',
  }),
};

export const category = 'Hotloop';
const pythonFile = 'editorLangId == python && resourceScheme == file';

/** The generated fields of package.json. */
export function manifest() {
  const { apply, openReport, clear, cancel, profile, findSpeedups } = commands;
  return {
    main: './dist/extension.cjs',
    icon: 'media/icon.png',
    repository: { type: 'git', url: 'https://github.com/hotloop/hotloop.git' },
    categories: ['Other', 'Programming Languages', 'Testing'],
    keywords: ['python', 'profiler', 'performance', 'numpy', 'parallel'],
    // The engine starts programs beside the files: on a remote machine it must run there.
    extensionKind: ['workspace'],
    // Everything else is started by a command, which activates by itself.
    activationEvents: [] as string[],
    capabilities: {
      untrustedWorkspaces: {
        supported: 'limited',
        description: 'Hotloop runs your scripts to measure them. Until the workspace is trusted nothing is run; its commands say so.',
        restrictedConfigurations: Object.values(settings).flatMap((s) => (s.restricted === true ? [s.key] : [])),
      },
      virtualWorkspaces: { supported: false, description: 'Scripts are run by an interpreter, which needs files on a disk.' },
    },
    contributes: {
      commands: Object.values(commands).map((c) => ({ command: c.id, title: c.title, category, icon: c.icon })),
      menus: {
        commandPalette: [
          { command: apply.id, when: reportContext },
          { command: openReport.id, when: reportContext },
          { command: clear.id, when: reportContext },
          { command: cancel.id, when: runningContext },
        ],
        'editor/title/run': [
          { command: profile.id, when: pythonFile, group: '2_hotloop@1' },
          { command: findSpeedups.id, when: pythonFile, group: '2_hotloop@2' },
        ],
        'editor/context': [
          { command: profile.id, when: pythonFile, group: '9_hotloop@1' },
          { command: findSpeedups.id, when: pythonFile, group: '9_hotloop@2' },
        ],
      },
      colors: [...heatColours, ...Object.values(markColours)].map(({ id, description, defaults }) => ({ id, description, defaults })),
      configuration: {
        title: 'Hotloop',
        properties: Object.fromEntries(
          Object.values(settings).map(({ key, type, default: value, scope, description, minimum, items }) => [
            key,
            { type, default: value, scope, description, ...(minimum === undefined ? {} : { minimum }), ...(items === undefined ? {} : { items }) },
          ]),
        ),
      },
    },
  };
}
