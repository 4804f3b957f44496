import { byId } from './dom.ts'

/** Hands over one file at a time: dropped anywhere, pasted, or chosen. */
export function takeFiles(isOpen: () => boolean, onFile: (file: File) => void): void {
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0]
    if (file && isOpen()) onFile(file)
    return file !== undefined
  }
  const input = byId('file', 'input')
  byId('choose').addEventListener('click', () => input.click())
  input.addEventListener('change', () => {
    take(input.files)
    // So that choosing the same file once more counts as a change.
    input.value = ''
  })
  addEventListener('paste', (event) => {
    if (take(event.clipboardData?.files)) event.preventDefault()
  })
  takeDrops(isOpen, take)
}

/** Entering a child fires before leaving its parent: while more were entered than left, the pointer is on the page. */
function takeDrops(isOpen: () => boolean, take: (files: FileList | undefined) => void): void {
  const veil = byId('drop')
  let depth = 0
  const enter = (by: number) => {
    depth = Math.max(0, depth + by)
    veil.hidden = depth === 0 || !isOpen()
  }
  const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false
  addEventListener('dragenter', (event) => hasFiles(event) && enter(1))
  addEventListener('dragleave', (event) => hasFiles(event) && enter(-1))
  addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault())
  addEventListener('drop', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    depth = 0
    veil.hidden = true
    take(event.dataTransfer?.files)
  })
}
