/** One deed at a time: busy while it is on its way, refused with its words, else done. */
import { post } from "./api";
import { asRefused, type Refused } from "./refused";

export class Deed {
  busy = $state(false);
  refused = $state.raw<Refused | null>(null);

  clear = (): void => {
    this.refused = null;
  };

  /** Whether it was done; a second one meanwhile is not begun. */
  async run(deed: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.refused = null;
    try {
      await deed();
      return true;
    } catch (reason) {
      this.refused = asRefused(reason);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What the server answered, or null when it was refused. */
  async ask<T>(path: string, body: unknown = {}): Promise<T | null> {
    let said: T | null = null;
    await this.run(async () => (said = await post<T>(path, body)));
    return said;
  }
}
