/** A number that the page never shows: the server tells the phone, and writes down who called. */
import { post } from "./api";

export async function dial(path: string): Promise<void> {
  const said = await post<{ dial: string }>(path);
  if (said.dial.startsWith("tel:")) location.assign(said.dial);
}
