/** Evidence as the server gives it, in one line. */
export function evidenceWords(evidence: unknown): string {
  if (evidence === null || evidence === undefined) return "—";
  if (typeof evidence === "string") return evidence;
  if (Array.isArray(evidence)) return evidence.map(evidenceWords).join("；");
  if (typeof evidence === "object") {
    const said = evidence as Record<string, unknown>;
    if (typeof said["words"] === "string") return said["words"];
    return Object.entries(said)
      .filter(([, one]) => one !== null && typeof one !== "object")
      .map(([name, one]) => `${name} ${String(one)}`)
      .join(" · ");
  }
  return String(evidence);
}
