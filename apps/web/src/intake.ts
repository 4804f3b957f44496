import { byId } from './dom.ts'

/** Calls `onFile` for each file that the user drops, pastes or chooses. Of several files, only the first counts. */
export function listenForFiles(isOpen: () => boolean, onFile: (file: File) => void): void {
  const takeFirst = (files: FileList | null | undefined) => {
    const file = files?.[0]
    if (file && isOpen()) onFile(file)
    return file !== undefined
  }
  const input = byId('file', 'input')
  byId('choose').addEventListener('click', () => input.click())
  input.addEventListener('change', () => {
    takeFirst(input.files)
    // Without the reset, choosing the same file again fires no change event.
    input.value = ''
  })
  addEventListener('paste', (event) => {
    if (takeFirst(event.clipboardData?.files)) event.preventDefault()
  })
  listenForDrops(isOpen, takeFirst)
}

/**
 * Shows the drop area while a file is dragged over the page. The browser fires `dragenter` for a child before
 * `dragleave` for its parent, so the pointer is on the page while `depth` is above 0.
 */
function listenForDrops(
  isOpen: () => boolean,
  takeFirst: (files: FileList | undefined) => void,
): void {
  const dropArea = byId('drop')
  let depth = 0
  const changeDepth = (change: number) => {
    depth = Math.max(0, depth + change)
    dropArea.hidden = depth === 0 || !isOpen()
  }
  const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false
  addEventListener('dragenter', (event) => hasFiles(event) && changeDepth(1))
  addEventListener('dragleave', (event) => hasFiles(event) && changeDepth(-1))
  addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault())
  addEventListener('drop', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    depth = 0
    dropArea.hidden = true
    takeFirst(event.dataTransfer?.files)
  })
}
