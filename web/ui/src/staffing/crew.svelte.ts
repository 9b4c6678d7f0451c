/** Helpers as staff keep them: the list, the file that is open, and what is done to it. */
import { get, post } from "../wire/api";
import { Deed } from "../wire/deed.svelte";
import { Reading } from "../wire/reading.svelte";
import type { Catalogue, HelperFile, HelperList, SkillRow } from "../wire/staffing";
import { named } from "../words/words.svelte";

const MANY = 60;

/** By our own words, else by the name in the catalogue: a new skill is only a row. */
export function skillName(code: string, skills: readonly SkillRow[]): string {
  const word = named("skill", code);
  return word === code ? (skills.find((one) => one.code === code)?.name ?? code) : word;
}

class Crew extends Deed {
  list = new Reading<HelperList>();
  file = new Reading<HelperFile>();
  skills = $state.raw<SkillRow[]>([]);
  asked = $state("");
  shown = $state(MANY);
  chosen = $state<string | null>(null);
  adding = $state(false);
  said = $state("");

  read(): Promise<HelperList | null> {
    return this.list.read(() => get<HelperList>("/api/helpers", { q: this.asked, limit: this.shown }));
  }

  async readSkills(): Promise<void> {
    if (this.skills.length) return;
    try {
      this.skills = (await get<Catalogue>("/api/catalogue")).skills;
    } catch {
      // The forms that need them offer none; the list works without.
    }
  }

  more(): void {
    this.shown += MANY;
    void this.read();
  }

  choose(id: string | null): void {
    if (id === this.chosen) return;
    this.chosen = id;
    this.adding = false;
    this.said = "";
    this.refused = null;
    this.file.forget();
    if (id) void this.readFile();
  }

  async readFile(): Promise<void> {
    const id = this.chosen;
    if (id) await this.file.read(() => get<HelperFile>(`/api/helpers/${id}`));
  }

  /** A deed whose answer is the file afterwards; its words are said. */
  keep(path: string, body: unknown, said: string): Promise<boolean> {
    return this.do(async () => {
      const id = this.chosen;
      const file = await post<HelperFile>(path, body);
      if (this.chosen === id) this.file.take(file);
      return said;
    });
  }

  do(deed: () => Promise<string>): Promise<boolean> {
    return this.run(async () => {
      this.said = "";
      this.said = await deed();
      await this.read();
    });
  }
}

export const crew = new Crew();
