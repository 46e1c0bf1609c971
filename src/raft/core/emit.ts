/** How a rule speaks: a message with the envelope filled in, or a trace event. */
import { roleOf, type RaftState } from './state.ts';
import type { Message, NodeId } from './types.ts';

/** The envelope is filled in; `term` may be given where it is not this node's own (pre-votes). */
type Body = Message extends infer M
  ? M extends Message
    ? Omit<M, 'cluster' | 'from' | 'to' | 'term'> & { readonly term?: number }
    : never
  : never;

/** For what does not depend on this node's disk (and for nodes, not for itself). */
export function send(s: RaftState, to: NodeId, body: Body): void {
  s.out.send(envelope(s, to, body), false);
}

/** For votes and acknowledgements: they are promises, and leave when what they promise is durable (paper §5). */
export function sendAfterPersist(s: RaftState, to: NodeId, body: Body): void {
  s.out.send(envelope(s, to, body), true);
}

function envelope(s: RaftState, to: NodeId, body: Body): Message {
  return { cluster: s.options.cluster, from: s.id, to, term: s.term, ...body };
}

export function trace(s: RaftState, name: string, detail: unknown = null): void {
  s.out.trace({
    name,
    role: roleOf(s),
    term: s.term,
    vote: s.vote,
    commit: s.commit,
    lastIndex: s.log.lastIndex,
    detail,
  });
}
