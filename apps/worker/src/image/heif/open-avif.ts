import type { FileView } from '../view/view.ts'

export function openAvif(file: Buffer): FileView {
  return { format: 'avif', file }
}
