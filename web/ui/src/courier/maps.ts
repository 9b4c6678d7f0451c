/** Links into map applications: AMap and Tencent draw in GCJ-02, Baidu in BD-09, the phone's own in WGS-84. */
import type { SeenStop } from "./fold";

export type MapName = "amap" | "baidu" | "tencent" | "phone";
type Ways = { amap: string; baidu: string; tencent: string };

const WAYS: Record<string, Ways> = {
  walk: { amap: "walk", baidu: "walking", tencent: "walk" },
  bike: { amap: "ride", baidu: "riding", tencent: "bike" },
  ebike: { amap: "ride", baidu: "riding", tencent: "bike" },
  car: { amap: "car", baidu: "driving", tencent: "drive" },
};
const OURS = "liuzhu";

export function mapLinks(stop: Pick<SeenStop, "lat" | "lon" | "maps">, mode: string, name: string): { map: MapName; href: string }[] {
  const way = WAYS[mode] ?? (WAYS["walk"] as Ways);
  const to = encodeURIComponent(name);
  const phone = { map: "phone" as const, href: `geo:${stop.lat},${stop.lon}?q=${stop.lat},${stop.lon}` };
  if (!stop.maps) return [phone];
  const [lat, lon] = stop.maps.gcj02;
  const [bdLat, bdLon] = stop.maps.bd09;
  return [
    { map: "amap", href: `https://uri.amap.com/navigation?to=${lon},${lat},${to}&mode=${way.amap}&coordinate=gaode&callnative=1&src=${OURS}` },
    { map: "baidu", href: `bdapp://map/direction?destination=name:${to}|latlng:${bdLat},${bdLon}&coord_type=bd09ll&mode=${way.baidu}&src=${OURS}` },
    { map: "tencent", href: `qqmap://map/routeplan?type=${way.tencent}&to=${to}&tocoord=${lat},${lon}&fromcoord=CurrentLocation&referer=${OURS}` },
    phone,
  ];
}
