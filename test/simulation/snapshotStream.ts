/**
 * A snapshot's way from one PC to another: offer, pieces, check, answer. It may break at each piece, by the plan, by a
 * cut link or by the end of a program; the receiver then keeps what came.
 */
import { decodeMessage, encodeMessage } from '../../src/raft/node/messageCodec.ts';
import type { Net, SnapshotSink } from '../../src/raft/node/ports.ts';
import type { SimNet, Station } from './simNet.ts';

/** Small, so that also a small farm's snapshot has several pieces. */
const PIECE_BYTES = 4 * 1024;
/** A sender that hears nothing gives up after this time. */
const SILENCE_MS = 500;

type SendSnapshot = Net['sendSnapshot'];

/** What `Net.sendSnapshot` promises, between two stations. */
export async function streamSnapshot(
  net: SimNet,
  sender: Station,
  message: Parameters<SendSnapshot>[0],
  open: Parameters<SendSnapshot>[1],
): Promise<boolean> {
  const bytes = encodeMessage(message);
  const receiver = net.station(message.to);
  if (receiver === null || !(await travel(net, sender, receiver))) return silence(sender);
  const decoded = decodeMessage(bytes, message);
  if (!decoded.ok || decoded.value.t !== 'snapshot')
    throw new Error('a snapshot message of ours is readable');
  const offer = decoded.value;
  const line = (text: string): void =>
    net.journal.line(() => `${sender.pc.name} => ${receiver.pc.name}  snapshot ${offer.meta.id} ${text}`);
  let sink: SnapshotSink | null = null;
  try {
    sink = (await unlessEnded(receiver, receiver.handler?.snapshot(offer.meta))) ?? null;
    if (sink === null) return await silence(sender);
    line(`from ${sink.offset} of ${offer.meta.bytes}`);
    if (!(await travel(net, receiver, sender))) throw new Error('the connection broke');
    for await (const chunk of open(sink.offset)) await sendPieces(net, sender, receiver, sink, chunk);
    if (!(await travel(net, sender, receiver))) throw new Error('the connection broke');
    await unlessEnded(receiver, sink.finish());
    line('has arrived');
    receiver.handler?.message(offer);
  } catch (error) {
    line(`failed: ${String(error)}`);
    // The receiver notices the end of the connection whatever became of the sender.
    if (receiver.process.alive) await unlessEnded(receiver, sink?.abort()).catch(() => undefined);
    return silence(sender);
  }
  return (await travel(net, receiver, sender)) || silence(sender);
}

async function sendPieces(
  net: SimNet,
  sender: Station,
  receiver: Station,
  sink: SnapshotSink,
  chunk: Uint8Array,
): Promise<void> {
  for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
    const breaks = net.random.chance(net.plan.breakChance);
    if (breaks || !(await travel(net, sender, receiver))) throw new Error('the connection broke');
    await unlessEnded(receiver, sink.write(chunk.slice(at, at + PIECE_BYTES)));
  }
}

/** Resolves true in `to`'s own time when something from `from` gets there; false when it never does. */
function travel(net: SimNet, from: Station, to: Station): Promise<boolean> {
  return new Promise((resolve) => {
    if (net.isCut(from.pc.id, to.pc.id) || !to.process.alive) {
      resolve(false);
      return;
    }
    const forget = to.process.onEnd(() => resolve(false));
    to.process.later(net.travelMs(from.pc.id, to.pc.id), () => {
      forget();
      resolve(from.process.alive && !net.isCut(from.pc.id, to.pc.id));
    });
  });
}

/** What the receiver does; rejects when its program ends meanwhile, because the connection ends with it. */
function unlessEnded<T>(receiver: Station, work: Promise<T> | undefined): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const forget = receiver.process.onEnd(() => reject(new Error('the connection broke')));
    Promise.resolve(work).then(resolve, reject).finally(forget);
  });
}

async function silence(sender: Station): Promise<false> {
  await sender.process.sleep(SILENCE_MS);
  return false;
}
