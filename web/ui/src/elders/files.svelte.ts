/** The elder files of a station: who is looked for, whose file is open, what was saved. */
import { get, post } from "../wire/api";
import type { ElderFile, People } from "../wire/elders";
import { Reading } from "../wire/reading.svelte";
import { asRefused, type Refused } from "../wire/refused";
import type { ElderRow } from "../wire/types";
import { t } from "../words/words.svelte";

export const MANY = 60;
interface Found { total: number; elders: ElderRow[] }

class Files {
  asked = $state("");
  offset = $state(0);
  gone = $state(false);
  /** Only files whose address nobody has written down yet. */
  draft = $state(false);
  list = new Reading<Found>();
  id = $state<string | null>(null);
  file = new Reading<ElderFile>();
  people = new Reading<People>();
  /** Which section is being edited; "new" is the form of a new file. */
  editing = $state("");
  /** What the form of that section begins with. */
  about = $state("");
  refused = $state.raw<Refused | null>(null);
  busy = $state(false);
  said = $state("");

  look(): Promise<unknown> {
    return this.list.read(() => get<Found>("/api/elders", { q: this.asked.trim(), gone: this.gone, draft: this.draft, limit: MANY, offset: this.offset }));
  }

  async open(id: string | null): Promise<void> {
    this.put("");
    if (id !== this.id) this.file.forget();
    this.id = id;
    if (id) await this.file.read(() => get<ElderFile>(`/api/elders/${id}/file`));
  }

  /** Begin or leave the editing of a section; nothing of the last one stays. */
  put(section: string, about = ""): void {
    this.editing = section;
    this.about = about;
    this.refused = null;
    this.said = "";
    if (section && !this.people.value) void this.people.read(() => get<People>("/api/station/people"));
  }

  /** Send a form; the file that comes back is shown. */
  async send(path: string, form: unknown): Promise<ElderFile | null> {
    if (this.busy) return null;
    this.busy = true;
    this.refused = null;
    try {
      const file = await post<ElderFile>(path, form);
      this.id = file.row.id;
      this.file.forget();
      await this.file.read(() => Promise.resolve(file));
      this.editing = "";
      this.said = t("files.saved");
      void this.look();
      return file;
    } catch (why) {
      this.refused = asRefused(why);
      return null;
    } finally {
      this.busy = false;
    }
  }

  of(part: string): string {
    return `/api/elders/${this.id}/${part}`;
  }
}

export const files = new Files();
