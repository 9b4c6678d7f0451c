/** A word's name, its Chinese and its English. `{blank}` is filled in by the page. */
export type Pairs = Record<string, readonly [zh: string, en: string]>;
