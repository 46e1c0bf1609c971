/**
 * Builds a state from the records of a snapshot, one after the other, in canonical order. Each step says what is wrong
 * with a record among those before it, or gives null; shapes were checked before. The cost of a step does not grow.
 */
import { List, OrderedMap } from 'immutable';
import { assert } from '../base/assert.ts';
import { INVITATIONS_MAX } from './invitations.ts';
import { isActive } from './jobs.ts';
import type { FarmFacts, FilamentFacts } from './recordShapes.ts';
import type { FarmState, Filament, Invitation, Job, LedgerEntry, Member, Printer } from './state.ts';

/** A spool whose ledger is still being read. */
interface OpenSpool {
  readonly facts: FilamentFacts;
  readonly ledger: List<LedgerEntry>;
  ledgerSumMg: number;
}

/** Not to be used again after {@link FarmBuilder.build}. */
export class FarmBuilder {
  #facts: FarmFacts | null = null;
  // Mutable while building (`asMutable`), persistent once built: 100,000 jobs take half the time.
  readonly #printers = OrderedMap<string, Printer>().asMutable();
  readonly #filaments = OrderedMap<string, Filament>().asMutable();
  readonly #jobs = OrderedMap<string, Job>().asMutable();
  readonly #members = OrderedMap<string, Member>().asMutable();
  readonly #invitations = OrderedMap<string, Invitation>().asMutable();
  #openSpool: OpenSpool | null = null;
  /** Per spool, what its record says is reserved and no job was seen for; settled spools are not in it. */
  readonly #unexplainedMg = new Map<string, number>();
  #lastSequence = 0;

  addFarm(facts: FarmFacts): string | null {
    this.#facts = facts;
    return null;
  }

  addPrinter(printer: Printer): string | null {
    return addNew(this.#printers, printer);
  }

  addFilament(facts: FilamentFacts): string | null {
    const complaint = this.#closeSpool();
    if (complaint !== null) return complaint;
    if (this.#filaments.has(facts.id)) return 'a second filament with this id';
    if (facts.reservedMg > facts.remainingMg) return 'more is reserved than remains';
    if (facts.reservedMg > 0) this.#unexplainedMg.set(facts.id, facts.reservedMg);
    this.#openSpool = { facts, ledger: List<LedgerEntry>().asMutable(), ledgerSumMg: 0 };
    return null;
  }

  addLedgerEntry(entry: LedgerEntry): string | null {
    if (this.#openSpool === null) return 'a ledger entry without its filament';
    if ((entry.reason === 'use') !== (entry.jobId !== null && entry.attempt !== null)) {
      return 'use is by an attempt of a job, and nothing else is';
    }
    this.#openSpool.ledger.push(entry);
    this.#openSpool.ledgerSumMg += entry.deltaMg;
    return null;
  }

  addJob(job: Job): string | null {
    const complaint = this.#closeSpool() ?? addNew(this.#jobs, job);
    if (complaint !== null) return complaint;
    if (!this.#printers.has(job.printerId)) return 'its printer is not there';
    if (!this.#filaments.has(job.filamentId)) return 'its filament is not there';
    if (job.sequence <= this.#lastSequence) return 'jobs are not in the order of their creation';
    this.#lastSequence = job.sequence;
    if (isActive(job.status) && job.printWeightMg > 0) {
      const restMg = (this.#unexplainedMg.get(job.filamentId) ?? 0) - job.printWeightMg;
      if (restMg < 0) return 'its filament does not have as much reserved as its jobs need';
      if (restMg === 0) this.#unexplainedMg.delete(job.filamentId);
      else this.#unexplainedMg.set(job.filamentId, restMg);
    }
    return null;
  }

  addMember(member: Member): string | null {
    return addNew(this.#members, member);
  }

  addInvitation(invitation: Invitation): string | null {
    if (this.#invitations.size === INVITATIONS_MAX) return 'more invitations than a farm keeps';
    return addNew(this.#invitations, invitation);
  }

  /** Says what is wrong with the records together, or null: then {@link build} may be called. */
  complete(): string | null {
    if (this.#facts === null) return 'the farm itself is missing';
    const complaint = this.#closeSpool();
    if (complaint !== null) return complaint;
    if (this.#unexplainedMg.size > 0) return 'filament is reserved for no job';
    return this.#lastSequence < this.#facts.nextJobSequence
      ? null
      : 'the next job would get a used sequence number';
  }

  build(): FarmState {
    assert(this.#facts !== null && this.complete() === null, 'only complete records make a state');
    return {
      ...this.#facts,
      printers: this.#printers.asImmutable(),
      filaments: this.#filaments.asImmutable(),
      jobs: this.#jobs.asImmutable(),
      members: this.#members.asImmutable(),
      invitations: this.#invitations.asImmutable(),
    };
  }

  #closeSpool(): string | null {
    if (this.#openSpool === null) return null;
    const { facts, ledger, ledgerSumMg } = this.#openSpool;
    this.#openSpool = null;
    if (facts.totalMg + ledgerSumMg !== facts.remainingMg)
      return 'the ledger of the filament before does not add up';
    this.#filaments.set(facts.id, { ...facts, ledger: ledger.asImmutable() });
    return null;
  }
}

/** Adds to a mutable collection. */
function addNew<Item extends { readonly id: string }>(
  records: OrderedMap<string, Item>,
  record: Item,
): string | null {
  if (records.has(record.id)) return 'a second record with this id';
  records.set(record.id, record);
  return null;
}
