/** The PCs of the farm: who leads, who is heard, and in plain words how many may fail. */
import type { ClusterRecord, MemberRecord } from '../../contract/records.ts';
import { CheckIcon, LeaderIcon, WarningIcon } from '../components/icons.tsx';
import { LoadingRows } from '../components/PageState.tsx';
import { ViewHead } from '../components/ViewHead.tsx';
import { text } from '../format/text.ts';
import { formatSpan } from '../format/time.ts';
import { useFarm } from '../store/farmStore.ts';
import { decideResilience, isHeard, SILENT_AFTER_MS } from '../store/resilience.ts';
import { AddPcPanel } from './AddPcPanel.tsx';
import { describeResilience } from './resilienceText.ts';
import styles from './ClusterView.module.css';
import table from './Table.module.css';

const ROW_HEIGHT = 44;

export function ClusterView() {
  const cluster = useFarm((mirror) => mirror.cluster);
  return (
    <>
      <ViewHead
        title={text('cluster.title')}
        summary={
          cluster === null
            ? null
            : text('cluster.log', {
                term: cluster.term,
                applied: cluster.applied_index,
                committed: cluster.commit_index,
              })
        }
      />
      {cluster === null ? (
        <LoadingRows rows={4} rowHeight={ROW_HEIGHT} />
      ) : (
        <div className={styles['layout']}>
          <div className={styles['column']}>
            <ResiliencePanel cluster={cluster} />
            <MemberTable members={cluster.members} />
          </div>
          <AddPcPanel />
        </div>
      )}
    </>
  );
}

function ResiliencePanel({ cluster }: { readonly cluster: ClusterRecord }) {
  const { tone, title, detail } = describeResilience(decideResilience(cluster));
  return (
    <section className={styles['resilience']} data-tone={tone} aria-live="polite">
      {tone === 'good' ? <CheckIcon size={20} /> : <WarningIcon size={20} />}
      <div>
        <h2 className={styles['resilienceTitle']}>{title}</h2>
        <p>{detail}</p>
      </div>
    </section>
  );
}

function MemberTable({ members }: { readonly members: readonly MemberRecord[] }) {
  return (
    <div className={table['frame']}>
      <table className={table['table']} aria-label={text('cluster.title')}>
        <thead>
          <tr>
            {(['pc', 'role', 'heard', 'address', 'version'] as const).map((column) => (
              <th key={column} scope="col">
                {text(`cluster.column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <MemberRow key={member.id} member={member} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MemberRow({ member }: { readonly member: MemberRecord }) {
  return (
    <tr>
      <td>
        <div className={table['main']}>
          {member.name}
          {member.is_self ? <span className={styles['self']}>{text('cluster.thisPc')}</span> : null}
        </div>
        <div className={table['sub']} title={member.id}>
          {member.id.slice(0, 12)}
        </div>
      </td>
      <td>
        <span className={styles['role']} data-role={member.role}>
          {member.role === 'leader' ? <LeaderIcon size={14} /> : null}
          {text(`cluster.role.${member.role}`)}
        </span>
      </td>
      <td>
        <Heard member={member} />
      </td>
      <td className={table['code']}>{member.peer_address}</td>
      <td className={table['quiet']}>{member.software_version}</td>
    </tr>
  );
}

function Heard({ member }: { readonly member: MemberRecord }) {
  if (member.is_self || (member.last_heard_ms !== null && member.last_heard_ms < 1000)) {
    return <span className={table['quiet']}>{text('cluster.heard.now')}</span>;
  }
  if (member.last_heard_ms === null) {
    return <span className={table['quiet']}>{text('cluster.heard.never')}</span>;
  }
  const span = formatSpan(member.last_heard_ms);
  if (isHeard(member)) return <span className={table['quiet']}>{text('cluster.heard.ago', { span })}</span>;
  return (
    <span
      className={styles['silent']}
      title={text('cluster.heard.limit', { span: formatSpan(SILENT_AFTER_MS) })}
    >
      <WarningIcon size={14} />
      {text('cluster.heard.silent', { span })}
    </span>
  );
}
