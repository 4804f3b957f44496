export function vitestArguments(
  given: readonly string[],
  files: ReadonlyMap<string, () => string>,
  root: string,
): { args: string[]; selective: boolean }
