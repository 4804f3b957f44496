import { acceptedList } from '@visage/shared/avatar/formats'
import { checkFile, formatLimit, type UploadLimits } from './check.ts'
import { announce, byId } from './dom.ts'
import { type Framing, loadPicture, openFraming } from './framing.ts'
import { hideNotice, showNotice, showProblem } from './notice.ts'
import { showOutcome } from './outcome.ts'
import { pixelScale } from './pixel-scale.ts'
import { showImage, showPortrait } from './portrait.ts'
import type { Picture } from './service.ts'
import * as service from './service.ts'
import { follow, type Progress, type Service, ServiceError, sendPicture } from './upload.ts'
import { showVariants } from './variants.ts'
import { currentView, showStep, showView } from './views.ts'
import { formatAge, formatBytes } from './words.ts'

/** Codes of the service for a missing, invalid or unsuitable token. */
const UNAUTHENTICATED = [401, 40020]

/** Controls the page for one user, from sign-in to sign-out. */
export class Studio {
  readonly #service: Service
  readonly #user: string
  readonly #limits: UploadLimits
  readonly #onSignedOut: (problem: string) => void
  readonly #closed = new AbortController()
  #picture: Picture | undefined
  #removable = false
  #file: File | undefined
  #framing: Framing | undefined
  /** Aborts the upload that is being sent or followed. */
  #task = new AbortController()

  constructor(
    settings: service.PageSettings,
    token: string,
    user: string,
    onSignedOut: Studio['signOut'],
  ) {
    this.#service = { api: settings.api, token, signal: this.#closed.signal }
    this.#limits = settings
    this.#user = user
    this.#onSignedOut = onSignedOut
  }

  signOut(problem = ''): void {
    this.close()
    this.#onSignedOut(problem)
  }

  /** Aborts all requests and stops changing the page. */
  close(): void {
    this.#closed.abort()
    this.#task.abort()
    this.#closeFraming()
  }

  /** Shows the current picture, and follows a pending upload. */
  async open(): Promise<void> {
    showView('loading', '', false)
    await this.#tryAction('Your picture cannot be shown', async () => {
      this.#removable = await service.canRemove(this.#service)
      const picture = await this.#showCurrent()
      const { pending, rejected, updated_at } = picture
      if (pending) return this.#follow(pending.upload_id)
      if (rejected && (!updated_at || rejected.finished_at > updated_at))
        showOutcome({ ...rejected, state: 'rejected' })
    })
  }

  /** False while the page loads or sends, and after `close`. */
  acceptsFiles(): boolean {
    return !this.#closed.signal.aborted && !['loading', 'sending'].includes(currentView())
  }

  async selectFile(file: File): Promise<void> {
    hideNotice()
    const problem = await checkFile(file, this.#limits)
    if (problem) {
      if (currentView() === 'framing') this.cancel()
      return showNotice({ title: 'This file cannot be used', text: `${problem}.` })
    }
    this.#task.abort()
    this.#closeFraming()
    this.#file = file
    const description = `${file.name} · ${formatBytes(file.size)}`
    const picture = await loadPicture(file)
    if (!picture) {
      const lead = `${description}. Your browser cannot show this file. You can still send it. Other people will see the middle of the picture.`
      return showView('unseen', lead)
    }
    const { naturalWidth: width, naturalHeight: height } = picture
    const scale = await pixelScale(file, { width, height })
    showView('framing', `${description} · ${width}\u00a0×\u00a0${height}`, false)
    this.#framing = openFraming(picture, scale)
    this.#framing.focus()
  }

  async send(): Promise<void> {
    const file = this.#file
    if (!file) return
    hideNotice()
    const crop = this.#framing?.crop()
    if (this.#framing)
      void showImage(this.#framing.renderFrame(512), 'The framed part of your picture')
    const { signal } = this.#startTask()
    const view = currentView()
    showView('sending', file.name)
    byId('cancel').focus({ preventScroll: true })
    showStep('sending', 'Sending', '', 0)
    const onSent = (sent: number, total: number) => {
      const fraction = total === 0 ? 1 : sent / total
      showStep(
        'sending',
        'Sending',
        `${Math.round(fraction * 100)} % of ${formatBytes(total)}`,
        fraction,
      )
    }
    try {
      const id = await sendPicture({ ...this.#service, signal, file, crop, onSent })
      this.#closeFraming()
      await this.#tryAction('The outcome is unknown', () => this.#follow(id))
    } catch (error) {
      showView(view, file.name, false)
      byId('send').focus({ preventScroll: true })
      if (signal.aborted) announce('Sending was cancelled')
      else this.#showError(error, 'Your picture was not sent')
    }
  }

  /** Cancels sending; in the other views, discards the selected file. */
  cancel(): void {
    if (currentView() === 'sending') {
      this.#task.abort()
      return
    }
    this.#closeFraming()
    hideNotice()
    if (this.#picture) this.#show(this.#picture)
    byId('choose').focus({ preventScroll: true })
  }

  useGravatar(): Promise<void> {
    return this.#change('Gravatar was not set', service.switchToGravatar, 'Gravatar is set')
  }

  remove(): Promise<void> {
    return this.#change('Your picture was not removed', service.removePicture, 'Picture removed')
  }

  async #change(title: string, action: (service: Service) => Promise<void>, result: string) {
    hideNotice()
    this.#task.abort()
    await this.#tryAction(title, async () => {
      await action(this.#service)
      await this.#showCurrent()
      announce(result)
      byId('title').focus({ preventScroll: true })
    })
  }

  /** Shows each state of an upload until its final state, or until another task starts. */
  async #follow(id: string): Promise<void> {
    const { signal } = this.#startTask()
    showView('working', 'You can leave this page. Your picture will still be processed.')
    showStep('queued', 'Queued', '')
    try {
      for await (const progress of follow(id, { ...this.#service, signal })) {
        if (signal.aborted) return
        await this.#showProgress(progress)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #showProgress(progress: Progress): Promise<void> {
    const { state, position } = progress
    if (state === 'queued') {
      const label = position === 1 ? 'you are next' : position ? `position ${position}` : ''
      return showStep('queued', 'Queued', label)
    }
    if (state === 'processing') return showStep('processing', 'Creating all sizes', '')
    await this.#showCurrent()
    byId('title').focus({ preventScroll: true })
    showOutcome(progress)
  }

  async #showCurrent(): Promise<Picture> {
    this.#picture = await service.readPicture(this.#service)
    this.#show(this.#picture)
    return this.#picture
  }

  #show(picture: Picture): void {
    showView('picture', leadOf(picture), false)
    const key = picture.revision ?? ''
    void showPortrait(picture, service.pictureAddress(this.#service, this.#user, key))
    byId('gravatar').hidden = picture.source === 'gravatar'
    byId('remove').hidden = !this.#removable || picture.source === 'none'
    byId('sizes').hidden = picture.variants.length === 0
    showVariants(picture)
    const { accept, maxUploadBytes, maxPixels } = this.#limits
    const megapixels = Math.floor(maxPixels / 1_000_000)
    byId('drop-hint').textContent =
      `You can also drop or paste a picture. ${acceptedList(accept)}, up to ${formatLimit(maxUploadBytes)} and ${megapixels} megapixels.`
  }

  #closeFraming(): void {
    this.#framing?.close()
    this.#framing = undefined
  }

  #startTask(): AbortController {
    this.#task.abort()
    this.#task = new AbortController()
    return this.#task
  }

  async #tryAction(title: string, action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      if (currentView() !== 'picture') showView('picture', '', false)
      this.#showError(error, title)
    }
  }

  #showError(error: unknown, title: string): void {
    if (this.#closed.signal.aborted) return
    if (error instanceof ServiceError && UNAUTHENTICATED.includes(error.code)) {
      this.signOut('This token is no longer accepted. Paste a new one.')
    } else {
      showProblem(error, title)
    }
  }
}

function leadOf({ source, updated_at }: Picture): string {
  if (source === 'none')
    return 'You have no picture yet. Choose a photo of your face, or any other picture.'
  if (source === 'gravatar')
    return 'Your picture comes from Gravatar. Gravatar finds it by your e-mail address.'
  return updated_at ? `Changed ${formatAge(updated_at)}.` : ''
}
