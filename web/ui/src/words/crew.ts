/** What a coordinator tells many helpers at once, and their 收到. */
import type { Pairs } from "./pairs";

export const crew = {
  "crew.title": ["群发消息", "Message to all"],
  "crew.to": ["发给", "To"],
  "crew.on_duty": ["此刻在班的人", "on duty now"],
  "crew.kitchen": ["今天送某个厨房的人", "carrying for a kitchen today"],
  "crew.street": ["今天某个街道的人", "working in a street today"],
  "crew.which": ["哪一个", "Which one"],
  "crew.words": ["短消息（最多 {n} 字），例如：东门修路，走南门", "A few words, at most {n}: the east gate is shut, use the south one"],
  "crew.send": ["发送", "Send"],
  "crew.hint": ["手机上马上显示，要按“收到”；没信号的，回来就看到。不要写老人的姓名和住址。", "It shows on their phones at once and asks for a tap in return; phones without a line have it when they are back. No elder's name or address, please."],
  "crew.none": ["最近没有群发", "Nothing was sent lately"],
  "crew.read": ["收到 {n} / {all}", "{n} of {all} have it"],
  "crew.all_read": ["{all} 人都收到了", "all {all} have it"],
  "crew.missing": ["还没回的：{names}", "not yet: {names}"],
  "crew.from": ["{who} {at}", "{who}, {at}"],
  "crew.got_it": ["收到", "Got it"],
} satisfies Pairs;
