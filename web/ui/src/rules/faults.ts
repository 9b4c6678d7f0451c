/** What is wrong in a rule file, in the words of the page; what nobody has named stays as it is. */
import { speech } from "../words/words.svelte";

const SAID: readonly (readonly [RegExp, string])[] = [
  [/^(?:Invalid|Expected|Unclosed|Unexpected|Unterminated|Illegal|Cannot|Key|Found|Unescaped|Empty|Duplicate) .*\(at line (\d+), column (\d+)\)$/, "第 $1 行第 $2 个字写法不对：引号、等号或括号不成对，或这一项写了两次"],
  [/^(?:Invalid|Expected|Unclosed|Unexpected|Unterminated) .*\(at end of document\)$/, "文件没有写完：最后一项缺了值、引号或括号"],
  [/^correct the file at this place$/, "在这个位置改正"],
  [/^unknown field '(.+)'$/, "没有“$1”这一项"],
  [/^unknown category '(.+)'$/, "没有“$1”这个人员类别"],
  [/^unknown service set '(.+)'$/, "没有“$1”这组服务"],
  [/^unknown subsidy '(.+)'$/, "没有“$1”这项补贴"],
  [/^circular category (.+)$/, "人员类别互相引用：$1"],
  [/^a gap before tier (.+)$/, "分档在 $1 之前有空档"],
  [/^an overlap at tier (.+)$/, "分档在 $1 处重叠"],
  [/^tier (.+) ends before it begins$/, "分档 $1 的起止颠倒"],
  [/^the id '(.+)' is given twice$/, "编号“$1”用了两次"],
  [/^the group '(.+)' has no place in stacking.order$/, "组“$1”没有写进 stacking.order 的先后顺序"],
  [/^overlaps version '(.+)', which holds until further notice$/, "与版本“$1”的日期重叠，那一版没有写截止日"],
  [/^overlaps version '(.+)', which holds until (.+)$/, "与版本“$1”的日期重叠，那一版到 $2 为止"],
  [/^leaves a gap after version '(.+)', which ends (.+)$/, "与版本“$1”之间有空档，那一版到 $2 为止"],
  [/^begin later, or write (supersedes = ".+") to end that one$/, "推迟生效日，或写上 $1，让那一版提前终止"],
  [/^begin on (.+), or let that one hold longer$/, "从 $1 起生效，或把那一版延长"],
  [/^begin it with from = (\d+); give 0 fen where nothing is due$/, "从 from = $1 开始；没有补贴的一档写 0"],
  [/^(.+): lines (.+), expected (.+)$/, "样例 $1：算出 $2，应为 $3"],
  [/^(.+): self_fen (.+), expected (.+)$/, "样例 $1：自付算出 $2 分，应为 $3 分"],
  [/^(.+): refusal of (.+?) (.+), expected (.+)$/, "样例 $1：$2 的不发原因算出 $3，应为 $4"],
  [/^correct the rule, or the case where the notice says otherwise$/, "改规则；文件规定与样例不符时改样例"],
  [/^input should be greater than (\d+), got (.+)$/, "要大于 $1，写的是 $2"],
  [/^input should be greater than or equal to (\d+), got (.+)$/, "不能小于 $1，写的是 $2"],
  [/^use more than (\d+)$/, "写大于 $1 的数"],
  [/^use at least (\d+)$/, "写不小于 $1 的数"],
  [/^use at most (\d+)$/, "写不大于 $1 的数"],
  [/^field required$/, "缺这一项"],
  [/^add this field$/, "补上这一项"],
  [/^use one of (.+)$/, "可用：$1"],
];

/** One sentence of a fault. */
export function faultWords(said: string): string {
  if (speech.language !== "zh") return said;
  const known = SAID.find(([pattern]) => pattern.test(said));
  return (known ? said.replace(known[0], known[1]) : said).replaceAll("{}", "没有").replaceAll("None", "没有");
}

/** Where it is: the line and the path, as `第 124 行 subsidy[meal-age]`. */
export function faultPlace(place: string): string {
  return speech.language === "zh" ? place.replace(/^line (\d+)(, )?/, "第 $1 行 ") : place;
}
