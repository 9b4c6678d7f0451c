import { expect, test } from "vitest";
import { canonical, sha256 } from "./hash";

/** The same event and the same hash stand in the server's tests. */
const event = {
  id: "0198a6c2-0000-7000-8000-000000000001", boot_id: "b00000001", seq: 2, wall_ms: 1795145400000, mono_ms: 5120,
  prev_hash: "", round_id: "r", stop_id: "s", order_id: null, kind: "handed_over", plan_version_seen: 3,
  pos: { lat: 36.66, lon: 117.02, accuracy_m: 8, datum: "wgs84" }, photo_sha256: [], detail: { to: "family", name: "王芳" },
};

test("the same event gives the same text whatever the order of its fields", () => {
  const turned = Object.fromEntries(Object.entries(event).reverse());
  expect(canonical(turned)).toBe(canonical(event));
  expect(canonical({ b: [1.5, null], a: "王\n" })).toBe('{"a":"王\\n","b":[1.5,null]}');
});

test("the hash of a known event", async () => {
  expect(await sha256(canonical(event))).toMatchInlineSnapshot(`"cb97301832a8f0f7c1a2be6b4a94d78d31730996fc0b3b502bd4a3f4438b5b14"`);
});
