/**
 * One of three processes below HTTP: `layer.js raft|ceiling DIR`. The parent asks for its address, tells it the
 * members, and then asks the leading one to measure.
 */
import { createRandom } from '../../src/base/random.ts';
import { createIdentity } from '../../src/raft/node/identity.ts';
import { createNodeDisk } from '../../src/raft/node/nodeDisk.ts';
import { openStorage } from '../../src/raft/node/storage.ts';
import { createSystemClock } from '../../src/raft/node/systemClock.ts';
import { startTlsTransport } from '../../src/raft/node/tlsTransport.ts';
import { closedLoop } from './layer/closedLoop.ts';
import { startCeilingEngine } from './layer/ceilingEngine.ts';
import { PAYLOAD_BYTES, type Engine, type LayerMember, type LayerQuestion } from './layer/engine.ts';
import { startRaftEngine } from './layer/raftEngine.ts';

const CLUSTER = 'bench';
const [mode = '', directory = ''] = process.argv.slice(2);
const start = mode === 'ceiling' ? startCeilingEngine : startRaftEngine;
const payload = Buffer.alloc(PAYLOAD_BYTES, 'j');
const identity = createIdentity();
const clock = createSystemClock();
let members: readonly LayerMember[] = [];
let engine: Engine | null = null;

const transport = await startTlsTransport(
  {
    identity,
    cluster: CLUSTER,
    listen: { host: '127.0.0.1', port: 0 },
    softwareVersion: 'bench',
    isMember: () => true,
    addressOf: (nodeId) => {
      const member = members.find(({ id }) => id === nodeId);
      return member === undefined ? null : `127.0.0.1:${member.port}`;
    },
    learnedAddress: () => undefined,
    join: () => Promise.resolve({ ok: false, code: 'bench', detail: 'nobody joins here' }),
    report: () => undefined,
  },
  clock,
  createRandom(process.pid),
);

async function startEngine(): Promise<Engine> {
  const disk = await createNodeDisk(directory);
  const opened = await openStorage(disk, { cluster: CLUSTER, nodeId: identity.nodeId });
  const memberIds = members.map(({ id }) => id);
  return start({ ...opened, nodeId: identity.nodeId, clusterId: CLUSTER, memberIds, net: transport, clock });
}

async function answer(question: LayerQuestion): Promise<unknown> {
  switch (question.kind) {
    case 'address':
      return { id: identity.nodeId, port: transport.address.port } satisfies LayerMember;
    case 'members':
      members = question.members;
      engine = await startEngine();
      return { started: true };
    case 'leading':
      return { leading: engine?.isLeading() ?? false };
    case 'measure': {
      if (engine === null) throw new Error('members come before measuring');
      const { what } = question;
      const measured = engine;
      return closedLoop(question, () => (what === 'commit' ? measured.commit(payload) : measured.ask()));
    }
  }
}

process.on('message', (question) => {
  void answer(question as LayerQuestion).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
