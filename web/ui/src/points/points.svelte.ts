/** The points of a district: the list, the one that is open, and what is done to it. */
import { get, post } from "../wire/api";
import { Deed } from "../wire/deed.svelte";
import { Reading } from "../wire/reading.svelte";
import { asRefused } from "../wire/refused";
import type { ExitPreview, PointChoices, PointRow, PointStory } from "../wire/points";
import { t } from "../words/words.svelte";

class Points extends Deed {
  list = new Reading<PointRow[]>();
  choices = new Reading<PointChoices>();
  story = new Reading<PointStory>();
  chosen = $state<string | null>(null);
  /** Which form is open besides the list. */
  open = $state<"" | "new" | "operators">("");
  preview = $state.raw<ExitPreview | null>(null);
  said = $state("");

  read = () => this.list.read(() => get<PointRow[]>("/api/points"));
  readChoices = () => this.choices.read(() => get<PointChoices>("/api/point-choices"));
  readStory = () => this.story.read(() => get<PointStory>(`/api/points/${this.chosen}`));

  show(form: "" | "new" | "operators"): void {
    this.open = form;
    this.chosen = this.preview = this.refused = null;
    if (form) void this.readChoices();
  }

  choose(id: string | null): void {
    this.show("");
    this.said = "";
    this.chosen = id;
    this.story.forget();
    if (!id) return;
    void this.readStory();
    if (!this.choices.value) void this.readChoices();
  }

  /** A deed that answers with the points afterwards; its words are said. */
  async keep(path: string, body: unknown, said: string): Promise<boolean> {
    return this.do(async () => {
      this.list.take(await post<PointRow[]>(path, body));
      if (this.chosen) await this.readStory();
      return said;
    });
  }

  look = (id: string) =>
    this.do(async () => {
      this.preview = null;
      this.preview = await get<ExitPreview>(`/api/points/${id}/exit`);
      requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-testid=exit-preview]")?.focus());
      return "";
    });

  exit = (seen: ExitPreview) =>
    this.do(async () => {
      try {
        this.list.take(await post<PointRow[]>(`/api/points/${seen.station_id}/exit`, { digest: seen.digest }));
      } catch (reason) {
        // What has changed is shown at once, to be confirmed anew.
        if (asRefused(reason).code === "exit_changed") this.preview = await get<ExitPreview>(`/api/points/${seen.station_id}/exit`);
        throw reason;
      }
      this.choose(null);
      return t("points.done", { name: seen.name });
    });

  do(deed: () => Promise<string>): Promise<boolean> {
    return this.run(async () => {
      this.said = "";
      this.said = await deed();
    });
  }
}

export const points = new Points();
