import { Rejection } from '@visage/shared/errors/app-error'

/** What the work is rejected with; undefined where it is not. Any other error is thrown. */
export async function rejectionOf(work: Promise<unknown>): Promise<Rejection | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof Rejection) return error
    throw error
  }
}
