import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installLifecycle, SAME_REQUEST_MS, STOP_DEADLINE_MS } from '../../src/main/lifecycle.ts';
import { createLog } from '../../src/main/log.ts';

function install() {
  const process = new EventEmitter();
  const exits: number[] = [];
  const lines: string[] = [];
  const lifecycle = installLifecycle({
    process,
    log: createLog({
      format: 'json',
      level: 'debug',
      write: (line) => void lines.push(line),
      now: () => new Date(0),
    }),
    exit: (code) => void exits.push(code),
    nowMs: () => Date.now(),
  });
  return { process, exits, lines, lifecycle };
}

describe('the end of the process', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'])('is orderly on %s, with code 0', async (event) => {
    const { process, exits, lifecycle } = install();
    const stop = vi.fn(() => Promise.resolve());
    lifecycle.onStop(stop);
    process.emit(event);
    await vi.advanceTimersByTimeAsync(0);
    expect(stop).toHaveBeenCalledTimes(1);
    expect(exits).toEqual([0]);
  });

  it('is orderly when the parent says stop, and no other word does anything', async () => {
    const { process, exits, lifecycle } = install();
    lifecycle.onStop(() => Promise.resolve());
    process.emit('message', 'go on');
    await vi.advanceTimersByTimeAsync(0);
    expect(exits).toEqual([]);
    process.emit('message', 'stop');
    await vi.advanceTimersByTimeAsync(0);
    expect(exits).toEqual([0]);
  });

  it('comes at once when there is nothing to stop yet', () => {
    const { process, exits } = install();
    process.emit('SIGTERM');
    expect(exits).toEqual([0]);
  });

  it('is forced with code 1 by a second request, but one that comes along with the first is the same', () => {
    const { process, exits, lifecycle } = install();
    lifecycle.onStop(() => new Promise(() => undefined));
    process.emit('SIGINT');
    vi.advanceTimersByTime(SAME_REQUEST_MS - 1);
    process.emit('SIGTERM');
    expect(exits).toEqual([]);
    vi.advanceTimersByTime(1);
    process.emit('SIGINT');
    expect(exits).toEqual([1]);
  });

  it('is forced with code 1 when stopping hangs', async () => {
    const { process, exits, lifecycle } = install();
    lifecycle.onStop(() => new Promise(() => undefined));
    process.emit('SIGTERM');
    await vi.advanceTimersByTimeAsync(STOP_DEADLINE_MS - 1);
    expect(exits).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(exits).toEqual([1]);
  });

  it('has code 1 when stopping fails, and says why', async () => {
    const { process, exits, lines, lifecycle } = install();
    lifecycle.onStop(() => Promise.reject(new Error('disk full')));
    process.emit('SIGTERM');
    await vi.advanceTimersByTimeAsync(0);
    expect(exits).toEqual([1]);
    expect(lines.join('')).toContain('disk full');
  });

  it.each(['uncaughtException', 'unhandledRejection'])(
    'has code 1 at once after %s, without an orderly stop',
    (event) => {
      const { process, exits, lines, lifecycle } = install();
      const stop = vi.fn(() => Promise.resolve());
      lifecycle.onStop(stop);
      process.emit(event, new Error('a broken promise'));
      expect(exits).toEqual([1]);
      expect(stop).not.toHaveBeenCalled();
      expect(lines.join('')).toContain('a broken promise');
    },
  );
});
