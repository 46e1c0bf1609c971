/** Style as a test: the strict typed rules everywhere, and no clock, chance or waiting in the pure cores. */
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The folders that are functions from a state and an input to a new state. */
const PURE_CORES = ['src/base/**/*.ts', 'src/raft/core/**/*.ts', 'src/farm/**/*.ts', 'src/printer/**/*.ts'];

const NO_BARRELS = [
  { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that holds the idea.' },
  { selector: 'TSEnumDeclaration', message: 'Unions with `kind` instead of enums.' },
];
const NO_DEFAULT_EXPORTS = [{ selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }];
const NO_CLOCK_CHANCE_WAITING = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'A core never asks the time: take it as an argument.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'A core never asks the time.',
  },
  { selector: "CallExpression[callee.name='Date']", message: 'A core never asks the time.' },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'A core never draws a random number: take a Random as an argument.',
  },
  { selector: ':function[async=true]', message: 'A core never waits.' },
  { selector: 'AwaitExpression', message: 'A core never waits.' },
  { selector: 'ForOfStatement[await=true]', message: 'A core never waits.' },
  { selector: "NewExpression[callee.name='Promise']", message: 'A core never waits.' },
  { selector: "MemberExpression[object.name='Promise']", message: 'A core never waits.' },
];

export default defineConfig(
  { ignores: ['out/**', 'out-electron25/**', 'dist/**', 'coverage/**', 'node_modules/**', '.cache/**'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.node.json', './tsconfig.web.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400 }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', ...NO_BARRELS],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // `void f()` and `() => log(x)` say what they mean; numbers in messages are what messages are for.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Type parameters that name what an answer holds are used once by nature.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    rules: { 'no-restricted-syntax': ['error', ...NO_BARRELS, ...NO_DEFAULT_EXPORTS] },
  },
  {
    files: PURE_CORES,
    rules: {
      'no-restricted-syntax': ['error', ...NO_BARRELS, ...NO_DEFAULT_EXPORTS, ...NO_CLOCK_CHANCE_WAITING],
    },
  },
  {
    files: ['src/raft/index.ts'],
    rules: { 'no-restricted-syntax': ['error', ...NO_DEFAULT_EXPORTS] },
  },
  {
    files: ['test/**/*.{ts,tsx}'],
    rules: {
      // A test knows what it planted; a wrong `!` fails the test, which is its purpose.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Fakes implement asynchronous ports with nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    rules: { eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error', 'no-unused-vars': 'error' },
  },
);
