/** `raft3d start`: this PC's node without a window, until it is asked to stop. */
import type { FarmNode, FarmNodeConfig, Host } from '../farmNodeTypes.ts';
import { START_FLAGS, toStartConfig } from '../config.ts';
import { readyLine, startHostedNode } from '../hostedNode.ts';
import { installLifecycle } from '../lifecycle.ts';
import { createStderrLog } from '../log.ts';
import { openSettingsFile } from '../settingsFile.ts';
import { explainStartError } from '../startErrors.ts';
import { usageFailure, type Command, type ExitCode } from './command.ts';

/** The command over the function that makes a node: handed in, so that tests run it over another one. */
export function startCommandOver(
  startFarmNode: (config: FarmNodeConfig, host: Host) => Promise<FarmNode>,
): Command {
  const command: Command = {
    name: 'start',
    summary: "run this PC's node, with its window's page and API at an address of this PC",
    operands: '',
    flags: START_FLAGS,
    details: [
      'Prints one JSON line when it serves: {"event":"ready","http":"http://127.0.0.1:8000",…}. Logs go to stderr.',
      'Ctrl-C stops it orderly; a second Ctrl-C at once.',
      '',
      'Examples:',
      '  raft3d start',
      '  raft3d start --data-dir ./node1 --create-farm "Back room"',
      '  raft3d start --data-dir ./node2 --http 127.0.0.1:8001 --peer 0.0.0.0:9001 --join TOKEN',
    ].join('\n'),
    async run(flags, context) {
      const config = toStartConfig(flags, context.around);
      if (!config.ok) return usageFailure(context, command, config.reason.message);
      const log = createStderrLog(config.value.logLevel, config.value.logFormat);
      let finish: (code: ExitCode) => void = () => undefined;
      const ended = new Promise<ExitCode>((resolve) => {
        finish = resolve;
      });
      const lifecycle = installLifecycle({
        process,
        log,
        // 0 is the orderly end, which lets output drain; anything else must not wait.
        exit: (code) => (code === 0 ? finish(0) : process.exit(code)),
        nowMs: () => performance.now(),
      });
      const starting = startHostedNode({
        config: config.value.node,
        kind: 'headless',
        log,
        openSettings: openSettingsFile,
        startFarmNode,
        fatal: (error) => lifecycle.fatal(error),
      });
      // Asked to stop while starting: finish the start, then stop, so that no half-made directory is left.
      lifecycle.onStop(async () => (await starting).stop());
      try {
        const hosted = await starting;
        context.print(readyLine(hosted.node));
      } catch (error) {
        // An error without a code is nobody's full disk or taken port but ours: its stack is needed.
        const isOperating = error instanceof Error && 'code' in error;
        log[isOperating ? 'debug' : 'error']('the node could not start', { error });
        context.printError(`raft3d start: ${explainStartError(error)}\n`);
        return 1;
      }
      return ended;
    },
  };
  return command;
}
