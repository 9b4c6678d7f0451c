/** Reading again when there is news. */
import { untrack } from "svelte";

/** Reads when the component begins, and whenever what `news` looks at has changed. */
export function onNews(news: () => unknown, read: () => unknown): void {
  $effect(() => {
    news();
    untrack(() => void read());
  });
}
