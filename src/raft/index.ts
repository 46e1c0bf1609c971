/** The only door to the Raft engine for the rest of the app. */
export { createCore } from './core/raft.ts';
export type * from './core/types.ts';
