import { expect, test } from "vitest";
import css from "./tokens.css?raw";

type Tokens = Record<string, string>;

function tokensIn(block: string): Tokens {
  const found: Tokens = {};
  for (const [, name, value] of block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/g))
    if (name && value) found[name] = value;
  return found;
}

function luminance(hex: string): number {
  const part = (at: number) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

const [day, night] = css.split("@media (prefers-color-scheme: dark)");
const themes = { day: tokensIn(day ?? ""), night: tokensIn(night ?? "") };
const grounds = ["ground", "paper"];
const pairs: [string, string][] = [
  ...["text", "muted", "accent", "good", "late", "alarm"].flatMap((ink) =>
    grounds.map((ground): [string, string] => [ink, ground]),
  ),
  ...["accent", "good", "late", "alarm"].flatMap((ink): [string, string][] => [
    [ink, `${ink}-tint`],
    ["text", `${ink}-tint`],
    ["muted", `${ink}-tint`],
  ]),
  ["on-accent", "accent"],
  ["on-alarm", "alarm"],
];

for (const [name, tokens] of Object.entries(themes))
  test.each(pairs)(`${name}: %s on %s can be read (4.5 : 1)`, (ink, ground) => {
    expect(contrast(tokens[ink] ?? "", tokens[ground] ?? "")).toBeGreaterThanOrEqual(4.5);
  });

test.each(Object.entries(themes))("%s: lines around inputs can be seen (3 : 1)", (_, tokens) => {
  expect(contrast(tokens["line-strong"] ?? "", tokens["ground"] ?? "")).toBeGreaterThanOrEqual(3);
});
