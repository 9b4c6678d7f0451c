import { expect, test } from "vitest";
import { mapLinks } from "./maps";

const stop = { lat: 39.915, lon: 116.404, maps: { gcj02: [39.916404, 116.410245], bd09: [39.922706, 116.416627] } as { gcj02: [number, number]; bd09: [number, number] } };

test("each map gets the place in its own datum and its own order of numbers", () => {
  const links = Object.fromEntries(mapLinks(stop, "ebike", "目的地").map((one) => [one.map, one.href]));
  expect(links["amap"]).toContain("to=116.410245,39.916404,");
  expect(links["amap"]).toContain("coordinate=gaode");
  expect(links["baidu"]).toContain("latlng:39.922706,116.416627&coord_type=bd09ll");
  expect(links["tencent"]).toContain("tocoord=39.916404,116.410245");
  expect(links["phone"]).toContain("geo:39.915,116.404");
});
