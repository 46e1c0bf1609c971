/** `raft3d invite`: asks the running node for an invitation; the token is the last line. */
import { INVITATION_HOURS_DEFAULT, INVITATION_HOURS_MAX } from '../../contract/limits.ts';
import { ROUTES } from '../../contract/routes.ts';
import { DATA_DIR_FLAG, dataDirOf } from '../config.ts';
import { OperatingError } from '../operatingError.ts';
import { usageFailure, type Command } from './command.ts';
import { HELP_FLAG } from './flags.ts';
import { askNodeOf, textField } from './nodeClient.ts';

const HOURS_FLAG = {
  name: 'hours',
  value: 'N',
  help: `How long the invitation can be used, 1 to ${INVITATION_HOURS_MAX} hours. Without it: ${INVITATION_HOURS_DEFAULT}.`,
  fromEnvironment: false,
} as const;

export const inviteCommand: Command = {
  name: 'invite',
  summary: 'make an invitation for one more PC',
  operands: '',
  flags: [DATA_DIR_FLAG, HOURS_FLAG, HELP_FLAG],
  details: [
    'Talks to the node that runs on the data folder. The last line printed is the token; it can be used once:',
    '  raft3d start --join "$(raft3d invite | tail -n 1)"',
  ].join('\n'),
  async run(flags, context) {
    if (flags.positionals.length > 0) return usageFailure(context, inviteCommand, 'it takes flags only.');
    const text = flags.text(HOURS_FLAG.name);
    const hours = text === undefined ? INVITATION_HOURS_DEFAULT : Number(text);
    if (!Number.isInteger(hours) || hours < 1 || hours > INVITATION_HOURS_MAX) {
      return usageFailure(
        context,
        inviteCommand,
        `--hours is a whole number from 1 to ${INVITATION_HOURS_MAX}.`,
      );
    }
    const body = await askNodeOf(dataDirOf(flags, context.around), 'POST', ROUTES.invitations, {
      valid_for_hours: hours,
    });
    const token = textField(body, 'token');
    if (token === undefined) throw new OperatingError('node_refused', 'The node answered without a token.');
    context.print(`Valid until ${textField(body, 'expires_at') ?? 'it is used'}, for one PC:\n${token}\n`);
    return 0;
  },
};
