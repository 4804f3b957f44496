import { readFileSync } from 'node:fs'
import { type Copy, DockerfileParser, type Env, type From, type Instruction } from 'dockerfile-ast'

export const root = new URL('../../../', import.meta.url).pathname
export const dockerfile = readFileSync(`${root}Dockerfile`, 'utf8')

/** Instruction of a stage. */
export interface Step {
  readonly keyword: string
  readonly text: string
  readonly words: readonly string[]
  /** Source stage of a COPY. Default: the project. */
  readonly from: string | undefined
  /** Variables of an ENV. */
  readonly variables: Readonly<Record<string, string>>
}

export interface Stage {
  readonly name: string
  /** Base: an image or an earlier stage. */
  readonly base: string
  readonly steps: readonly Step[]
}

/** Parses the Dockerfile into stages by name. */
export const stages: ReadonlyMap<string, Stage> = new Map(
  readStages(DockerfileParser.parse(dockerfile).getInstructions()).map((one) => [one.name, one]),
)

function readStages(instructions: readonly Instruction[]): Stage[] {
  const defaults = new Map<string, string>()
  const found: (Stage & { steps: Step[] })[] = []
  for (const instruction of instructions) {
    const keyword = instruction.getKeyword()
    const text = instruction.getArgumentsContent() ?? ''
    const [name = '', value = ''] = text.split('=')
    if (keyword === 'ARG') defaults.set(name, value)
    else if (keyword === 'FROM') found.push(openStage(instruction as From, defaults))
    else found.at(-1)?.steps.push(readStep(instruction, keyword, text))
  }
  return found
}

function openStage(from: From, defaults: ReadonlyMap<string, string>) {
  const base = (from.getImage() ?? '').replace(
    /\$\{(\w+)\}/g,
    (_, name) => defaults.get(name) ?? '',
  )
  return { name: from.getBuildStage() ?? '', base, steps: [] }
}

function readStep(instruction: Instruction, keyword: string, text: string): Step {
  const words = instruction.getArguments().map((argument) => argument.getValue())
  const from = keyword === 'COPY' ? (instruction as Copy).getFromFlag()?.getValue() : undefined
  const set = keyword === 'ENV' ? (instruction as Env).getProperties() : []
  const variables = Object.fromEntries(set.map((one) => [one.getName(), one.getValue() ?? '']))
  return { keyword, text, words, from: from ?? undefined, variables }
}

/** Returns a stage and its base stages, lowest first. */
export function layers(name: string): Stage[] {
  const stage = stages.get(name)
  return stage ? [...layers(stage.base), stage] : []
}

/** Returns the last instruction of a kind, which takes effect. */
export function lastStep(name: string, keyword: string): Step | undefined {
  return layers(name)
    .flatMap(({ steps }) => steps)
    .findLast((step) => step.keyword === keyword)
}

/** Returns the arguments of a command: the last list in the text. */
export const execForm = ({ text }: Step): string[] => JSON.parse(text.slice(text.indexOf('[')))

/** Returns every variable of the image. */
export function imageEnvironment(name: string): Record<string, string> {
  const all = layers(name).flatMap(({ steps }) => steps.map(({ variables }) => variables))
  return Object.assign({}, ...all)
}
