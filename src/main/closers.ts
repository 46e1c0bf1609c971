/** What a start opened, so that a stop, or a start that fails half-way, closes it in the reverse order. */

export class Closers {
  readonly #closers: (() => Promise<void> | void)[] = [];

  /** Each closer is bounded in time by itself. */
  add(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  /** Closes everything, also when one of them fails; then throws the first failure. */
  async closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
