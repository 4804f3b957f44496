import { readFileSync } from 'node:fs'
import { type Copy, DockerfileParser, type Env, type From, type Instruction } from 'dockerfile-ast'

export const root = new URL('../../../', import.meta.url).pathname
export const dockerfile = readFileSync(`${root}Dockerfile`, 'utf8')

/** One instruction of a stage. */
export interface Step {
  readonly keyword: string
  readonly text: string
  readonly words: readonly string[]
  /** The stage that a COPY takes its files from; absent: the project. */
  readonly from: string | undefined
  /** What an ENV sets. */
  readonly variables: Readonly<Record<string, string>>
}

export interface Stage {
  readonly name: string
  /** An image, or a stage before it. */
  readonly base: string
  readonly steps: readonly Step[]
}

/** What the file does, as data: by the name of each stage. */
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

/** A stage and those below it, from the image on. */
export function layers(name: string): Stage[] {
  const stage = stages.get(name)
  return stage ? [...layers(stage.base), stage] : []
}

/** The last of its kind, which is the one that counts. */
export function lastStep(name: string, keyword: string): Step | undefined {
  return layers(name)
    .flatMap(({ steps }) => steps)
    .findLast((step) => step.keyword === keyword)
}

/** A command as it is handed to the system: the last list of words in the text. */
export const execForm = ({ text }: Step): string[] => JSON.parse(text.slice(text.indexOf('[')))

/** Every variable that the image sets. */
export function imageEnvironment(name: string): Record<string, string> {
  const all = layers(name).flatMap(({ steps }) => steps.map(({ variables }) => variables))
  return Object.assign({}, ...all)
}
