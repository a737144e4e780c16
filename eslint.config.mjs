import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

// The import arrows of the design, as errors: each zone names who may not import whom, and why.
const room = (name, allowed, message) => ({
  target: `./daemon/${name}`,
  from: './daemon',
  except: [name, 'platform', ...allowed].map((path) => `./${path}`),
  message,
});
const zones = [
  {
    ...room('protocol', [], 'protocol is the contract: it imports zod and itself only.'),
    except: ['./protocol'],
  },
  {
    ...room('definitions', [], 'definitions is pure: protocol only; I/O comes in through the passed reader.'),
    except: ['./definitions', './protocol'],
  },
  {
    ...room('platform', [], 'platform knows the operating system and nothing of ours.'),
    except: ['./platform'],
  },
  room('client', ['protocol'], 'client is shared by extension and cli: protocol only.'),
  room(
    'server',
    ['protocol', 'definitions'],
    'the server never loads engine code or a driver; it speaks to the engine through protocol/engine.ts.',
  ),
  room('engine', ['protocol', 'definitions'], 'the engine may import protocol and definitions only.'),
  room(
    'cli',
    ['protocol', 'definitions', 'client', 'server/language'],
    'the cli is a client like any other; it can serve the language server itself.',
  ),
  {
    target: './extension',
    from: './daemon',
    except: ['./protocol', './client'],
    message: 'the extension is a client: protocol and client only.',
  },
  {
    target: './extension',
    from: './webview',
    except: ['./protocol'],
    message: 'the extension and the webview share webview/protocol, nothing else.',
  },
  {
    target: './webview',
    from: './daemon',
    except: ['./protocol'],
    message: 'the webview takes types from daemon/protocol, nothing else.',
  },
  { target: './webview', from: './extension', message: 'the webview does not know the extension host.' },
  { target: './daemon', from: './extension', message: 'the daemon does not know who calls.' },
  { target: './daemon', from: './webview', message: 'the daemon does not know who calls.' },
  {
    target: './daemon/server/language',
    from: './daemon/server',
    except: ['./language'],
    message: 'the language server knows definitions and the interface its host hands in.',
  },
  ...['executor', 'storage'].map((name) => ({
    target: `./daemon/server/${name}`,
    from: './daemon/server',
    except: [`./${name}`, './config.ts', './log.ts'],
    message: 'arrows in the server go rpc, rest -> jobs -> executor, storage; never back.',
  })),
  {
    target: './daemon/server/jobs',
    from: './daemon/server',
    except: ['./jobs', './executor', './storage', './config.ts', './log.ts'],
    message: 'jobs does not know how it is called (rpc, rest).',
  },
];

const restricted = (name, message) => ({ name, message });
const childProcess = restricted(
  'node:child_process',
  'child_process only in server/executor, client and engine/operations/command.',
);
const vscode = restricted('vscode', 'vscode only under extension/.');
const lowdb = restricted('lowdb', 'lowdb only in server/storage.');
const drivers = [
  restricted('@duckdb/node-api', 'drivers load only in the engine.'),
  restricted('pg', 'drivers load only in the engine.'),
  restricted('pg-copy-streams', 'drivers load only in the engine.'),
  restricted('mysql2', 'drivers load only in the engine.'),
  restricted('node:sqlite', 'drivers load only in the engine.'),
];
const noImports = (paths) => ({ 'no-restricted-imports': ['error', { paths }] });
const envMessage = { object: 'process', property: 'env', message: 'process.env only in config files.' };
const exitMessage = { object: 'process', property: 'exit', message: 'process.exit only in main files.' };

// A CommonJS package that is imported late stands in a chunk of its own, and of that only `default` is sure to be there.
const latePackage = 'argument.source.value=/^(?!node:|[.])/';
const lateNames = {
  message:
    'a package that is imported late is taken by `default`: the bundle does not export the names of CommonJS packages.',
};
const noLateNames = [
  'error',
  {
    ...lateNames,
    selector: `VariableDeclarator[init.${latePackage}] > ObjectPattern > Property[key.name!='default']`,
  },
  { ...lateNames, selector: `MemberExpression[object.${latePackage}][property.name!='default']` },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'examples/**/data/**'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
    },
  },
  { files: ['daemon/**/*.ts', 'extension/**/*.ts'], rules: { 'no-restricted-syntax': noLateNames } },
  {
    files: ['daemon/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': ['error', envMessage, exitMessage],
      ...noImports([vscode, childProcess, lowdb, ...drivers]),
    },
  },
  { files: ['daemon/engine/**/*.ts'], rules: noImports([vscode, childProcess, lowdb]) },
  {
    files: ['daemon/engine/operations/command*.ts', 'daemon/engine/operations/command/**/*.ts'],
    rules: noImports([vscode, lowdb, ...drivers]),
  },
  {
    files: ['daemon/server/executor/**/*.ts', 'daemon/client/**/*.ts'],
    rules: noImports([vscode, lowdb, ...drivers]),
  },
  { files: ['daemon/server/storage/**/*.ts'], rules: noImports([vscode, childProcess, ...drivers]) },
  {
    files: ['extension/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': ['error', envMessage, exitMessage],
      ...noImports([childProcess, lowdb, ...drivers]),
    },
  },
  { files: ['webview/**/*.ts', 'webview/**/*.tsx'], rules: noImports([vscode, lowdb, ...drivers]) },
  { files: ['extension/platform/config.ts'], rules: { 'no-restricted-properties': ['error', exitMessage] } },
  { files: ['daemon/**/config.ts'], rules: { 'no-restricted-properties': ['error', exitMessage] } },
  { files: ['daemon/**/main.ts'], rules: { 'no-restricted-properties': ['error', envMessage] } },
  { files: ['*.config.ts', '*.config.mjs'], rules: { 'import-x/no-default-export': 'off' } },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
