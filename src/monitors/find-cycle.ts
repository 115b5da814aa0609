/** The way from `start` back to itself, or undefined. */
export function findCycle(
  start: string,
  next: (id: string) => readonly string[],
): readonly string[] | undefined {
  const seen = new Set<string>();
  const walk = (id: string, path: readonly string[]): readonly string[] | undefined => {
    for (const child of next(id)) {
      if (child === start) return [...path, child];
      if (seen.has(child)) continue;
      seen.add(child);
      const found = walk(child, [...path, child]);
      if (found) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}
