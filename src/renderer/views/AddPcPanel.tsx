/** Lets one more PC in: an invitation token, and the command that uses it there. The token is kept nowhere else. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { InvitationRecord } from '../../contract/records.ts';
import { describeFailure } from '../client/answer.ts';
import { useFarmClient } from '../client/clientContext.ts';
import { CopyField } from '../components/CopyField.tsx';
import { useNow } from '../components/useNow.ts';
import { text } from '../format/text.ts';
import { formatMoment, parseWireTime } from '../format/time.ts';
import styles from './ClusterView.module.css';

type PanelState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'made'; readonly invitation: InvitationRecord }
  | { readonly kind: 'failed'; readonly message: string };

export function AddPcPanel() {
  const client = useFarmClient();
  const [state, setState] = useState<PanelState>({ kind: 'idle' });

  async function invite(): Promise<void> {
    setState({ kind: 'sending' });
    const answer = await client.createInvitation();
    if (answer.kind === 'ok') setState({ kind: 'made', invitation: answer.value });
    else setState({ kind: 'failed', message: describeFailure(answer) });
  }

  return (
    <section className={styles['panel']} aria-labelledby="add-pc-title">
      <h2 id="add-pc-title" className={styles['panelTitle']}>
        {text('add.title')}
      </h2>
      <p className={styles['panelText']}>{text('add.text')}</p>
      {state.kind === 'made' ? <Invitation invitation={state.invitation} /> : null}
      {state.kind === 'failed' ? (
        <p className={styles['failed']} role="alert">
          {state.message}
        </p>
      ) : null}
      <div>
        <Button
          variant={state.kind === 'made' ? 'default' : 'filled'}
          loading={state.kind === 'sending'}
          onClick={() => {
            void invite();
          }}
        >
          {text(state.kind === 'made' ? 'add.again' : 'add.create')}
        </Button>
      </div>
    </section>
  );
}

function Invitation({ invitation }: { readonly invitation: InvitationRecord }) {
  const nowMs = useNow(60_000);
  const expiresAtMs = parseWireTime(invitation.expires_at);
  return (
    <>
      <CopyField
        label={text('add.command')}
        value={`raft3d start --join ${invitation.token}`}
        copyLabel={text('copy.command')}
      />
      <CopyField label={text('add.token')} value={invitation.token} copyLabel={text('copy.token')} />
      <p className={styles['panelText']}>
        {expiresAtMs === null ? null : `${text('add.expires', { time: formatMoment(expiresAtMs, nowMs) })} `}
        {text('add.keepSecret')}
      </p>
    </>
  );
}
