/** One deed of a form: busy while it is asked, refused with its words, else done. */
import { post } from "../wire/api";
import { asRefused, type Refused } from "../wire/refused";

export class Deed {
  busy = $state(false);
  refused = $state.raw<Refused | null>(null);

  /** What the server answered, or null when it was refused. */
  async ask<T>(path: string, body: unknown = {}): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    try {
      const said = await post<T>(path, body);
      this.refused = null;
      return said;
    } catch (reason) {
      this.refused = asRefused(reason);
      return null;
    } finally {
      this.busy = false;
    }
  }
}
