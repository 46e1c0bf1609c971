/** PCs that come and go, as people let them in and take them out: by the farm's own commands. */
import { assert } from '../../src/base/assert.ts';
import type { WallMs } from '../../src/base/units.ts';
import type { Command, MemberFacts } from '../../src/farm/commands.ts';
import { PRINTER_ID, type Clients } from './clients.ts';
import { FARM_ID, type FarmPc } from './farmPc.ts';
import type { World } from './world.ts';

const TRIES_MAX = 30;
const TRY_AGAIN_MS = 200;
const VALID_MS = 1_000_000;

export class Roster {
  readonly #world: World;
  readonly #clients: Clients;
  #invitations = 0;

  constructor(world: World, clients: Clients) {
    this.#world = world;
    this.#clients = clients;
  }

  /** The first PC founds the farm, the others join it one after the other. Nothing goes wrong meanwhile. */
  async found(): Promise<void> {
    const { pcs, plan } = this.#world;
    const founder = pcs[0];
    assert(founder !== undefined, 'a farm has a first PC');
    founder.start(true);
    await this.#propose((atMs) => ({ kind: 'foundFarm', id: FARM_ID, name: 'Farm', atMs }));
    await this.#propose((atMs) => ({ kind: 'announceMember', member: facts(founder), atMs }));
    const printer = { id: PRINTER_ID, company: 'Creality', model: 'Ender3', name: 'printer' };
    await this.#propose((atMs) => ({ kind: 'addPrinter', ...printer, atMs }));
    for (const pc of pcs.slice(1, plan.startPcs)) await this.admit(pc);
  }

  /** Lets a PC in with a new invitation and starts it, unless the farm gives no answer for long. */
  async admit(pc: FarmPc): Promise<void> {
    this.#invitations += 1;
    const id = `invitation${this.#invitations}`;
    const secretHash = this.#invitations.toString(16).padStart(64, '0');
    const expiresAtMs = (this.#world.attempts.begin() + VALID_MS) as WallMs;
    const isOpen = await this.#propose((atMs) => ({
      kind: 'createInvitation',
      id,
      secretHash,
      expiresAtMs,
      atMs,
    }));
    if (!isOpen) return;
    const member = facts(pc);
    const isIn = await this.#propose((atMs) => ({
      kind: 'admitMember',
      invitationId: id,
      secretHash,
      member,
      atMs,
    }));
    if (isIn) pc.start(!pc.logStarted);
  }

  /** Not while a PC lacks records: what is left might be no quorum without it. */
  async remove(pc: FarmPc): Promise<void> {
    const isRisky = (): boolean => this.#world.pcs.some(({ lossy }) => lossy);
    await this.#propose((atMs) => ({ kind: 'removeMember', memberId: pc.id, atMs }), isRisky);
  }

  /** Tries until there is an answer, at any PC; false when there is none for long. */
  async #propose(make: (atMs: WallMs) => Command, givesUp: () => boolean = () => false): Promise<boolean> {
    for (let tries = 0; tries < TRIES_MAX && !givesUp(); tries += 1) {
      const pc = this.#world.somePc();
      const result = pc === null ? null : await this.#clients.propose(pc, make);
      if (result?.kind === 'applied') return result.outcome.ok;
      await this.#world.scheduler.sleep(TRY_AGAIN_MS);
    }
    return false;
  }
}

function facts({ id, name }: FarmPc): MemberFacts {
  return { id, name, peerAddress: `${name}:1`, httpAddress: `http://${name}:2`, softwareVersion: '1' };
}
