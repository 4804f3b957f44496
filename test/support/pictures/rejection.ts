import { Rejection } from '@visage/shared/errors/app-error'

/** Returns the rejection of the work, or undefined if it succeeds. Throws any other error. */
export async function rejectionOf(work: Promise<unknown>): Promise<Rejection | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    if (error instanceof Rejection) return error
    throw error
  }
}
