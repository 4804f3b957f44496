// Builds the page into dist/: index.html, and assets/ whose names change with what is in them.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const assets = join(here, 'dist', 'assets')

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: { page: 'src/main.ts', style: 'src/style/page.css', icon: 'src/icon.svg' },
  outdir: assets,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  conditions: ['source'],
  loader: { '.woff2': 'file', '.svg': 'copy' },
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  minify: true,
  format: 'esm',
  target: ['chrome110', 'firefox115', 'safari16'],
  legalComments: 'none',
  write: false,
})
const names = outputFiles.map(({ path }) => basename(path))
const index = readFileSync(join(here, 'src', 'index.html'), 'utf8').replace(
  /%(\w+\.\w+)%/g,
  (_, file) => {
    const [name, type] = file.split('.')
    return `/assets/${names.find((one) => one.startsWith(`${name}-`) && one.endsWith(type))}`
  },
)

// In this order what is there is always whole: the old page, or the new one. What is built already is not
// touched, so that whoever may only read it can start it.
mkdirSync(assets, { recursive: true })
for (const { path, contents } of outputFiles) put(path, contents)
put(join(here, 'dist', 'index.html'), Buffer.from(index))
for (const old of readdirSync(assets).filter((name) => !names.includes(name))) {
  rmSync(join(assets, old), { force: true })
}

function put(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, contents)
  renameSync(draft, path)
}
