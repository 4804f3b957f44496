/**
 * Render processes of an in-process worker inherit the arguments of this process. Vitest's own name the
 * condition `source`, under which our packages resolve to TypeScript: a render process runs what is built.
 */
process.execArgv = []
