/** Sends what the shelf holds, in order, until the server has answered for each event. */
import { post } from "../wire/api";
import { asRefused } from "../wire/refused";
import { monoMs, wallMs } from "../time/phone";
import type { FieldEvent, SyncAnswer } from "../wire/round";
import type { Recorder } from "../shelf/recorder";

export type SyncEnd = "sent" | "nothing" | "offline" | "signed_out" | "refused";

/** One batch. Answers how it went; a broken line loses nothing, a second arrival changes nothing. */
export async function sendDue(recorder: Recorder<FieldEvent>, account: string): Promise<SyncEnd> {
  const events = await recorder.due(account);
  if (!events.length) return "nothing";
  try {
    const answer = await post<SyncAnswer>("/api/field/events", {
      device_id: recorder.device, boot_id: recorder.boot, client_now_ms: wallMs(),
      client_mono_ms: monoMs(), events,
    });
    await recorder.answered(answer.results.map(({ id, result, reason, grade }) => (
      { id, state: result === "quarantined" ? "quarantined" : "sent", reason, grade }
    )));
    return "sent";
  } catch (reason) {
    const refused = asRefused(reason);
    if (refused.status === 401) return "signed_out";
    return refused.status === 0 || refused.status >= 500 ? "offline" : "refused";
  }
}
