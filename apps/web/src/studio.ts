import { acceptedList } from '@visage/shared/avatar/formats'
import { type Limits, objection, sizeOf } from './check.ts'
import { announce, byId } from './dom.ts'
import { type Framing, opened, openFraming } from './framing.ts'
import { hideNotice, showNotice, showProblem } from './notice.ts'
import { tellOutcome } from './outcome.ts'
import { showImage, showPortrait } from './portrait.ts'
import type { Picture } from './service.ts'
import * as service from './service.ts'
import { follow, type Progress, type Service, ServiceError, sendPicture } from './upload.ts'
import { showVariants } from './variants.ts'
import { currentView, showStep, turnTo } from './views.ts'
import { ago, bytes } from './words.ts'

const NOT_SIGNED_IN = [401, 40020]

/** One person's visit: from signing in until signing out. */
export class Studio {
  readonly #service: Service
  readonly #user: string
  readonly #limits: Limits
  readonly #onSignedOut: (why: string) => void
  readonly #over = new AbortController()
  #picture: Picture | undefined
  #removable = false
  #file: File | undefined
  #framing: Framing | undefined
  /** Ends what is being sent or followed. */
  #task = new AbortController()

  constructor(settings: service.PageSettings, token: string, user: string, out: Studio['signOut']) {
    this.#service = { api: settings.api, token, signal: this.#over.signal }
    this.#limits = settings
    this.#user = user
    this.#onSignedOut = out
  }

  signOut(why = ''): void {
    this.leave()
    this.#onSignedOut(why)
  }

  /** Ends all that it is about; the page is somebody else's from here on. */
  leave(): void {
    this.#over.abort()
    this.#task.abort()
    this.#closeFraming()
  }

  /** Shows what the picture is, and takes up an upload that is still under way. */
  async open(): Promise<void> {
    turnTo('loading', '', false)
    await this.#attempt('Your picture cannot be shown', async () => {
      this.#removable = await service.canRemove(this.#service)
      const picture = await this.#showCurrent()
      const { pending, rejected, updated_at } = picture
      if (pending) return this.#follow(pending.upload_id)
      if (rejected && (!updated_at || rejected.finished_at > updated_at))
        tellOutcome({ ...rejected, state: 'rejected' })
    })
  }

  /** Whether a file can be taken just now. */
  isOpen(): boolean {
    return !this.#over.signal.aborted && !['loading', 'sending'].includes(currentView())
  }

  async take(file: File): Promise<void> {
    hideNotice()
    const text = await objection(file, this.#limits)
    if (text) {
      if (currentView() === 'framing') this.back()
      return showNotice({ title: 'This file cannot be used', text: `${text}.` })
    }
    this.#task.abort()
    this.#closeFraming()
    this.#file = file
    const about = `${file.name} · ${bytes(file.size)}`
    const picture = await opened(file)
    if (!picture) {
      const lead = `${about}. Your browser cannot show this file. It can be sent all the same: the middle of it is what others will see.`
      return turnTo('unseen', lead)
    }
    turnTo(
      'framing',
      `${about} · ${picture.naturalWidth}\u00a0×\u00a0${picture.naturalHeight}`,
      false,
    )
    this.#framing = openFraming(picture)
    this.#framing.focus()
  }

  async send(): Promise<void> {
    const file = this.#file
    if (!file) return
    hideNotice()
    const crop = this.#framing?.crop()
    if (this.#framing) void showImage(this.#framing.cutOut(512), 'The picture that you have framed')
    const { signal } = this.#begin()
    const view = currentView()
    turnTo('sending', file.name)
    byId('cancel').focus({ preventScroll: true })
    showStep('sending', 'Sending', '', 0)
    const onSent = (sent: number, total: number) => {
      const part = total === 0 ? 1 : sent / total
      showStep('sending', 'Sending', `${Math.round(part * 100)} % of ${bytes(total)}`, part)
    }
    try {
      const id = await sendPicture({ ...this.#service, signal, file, crop, onSent })
      this.#closeFraming()
      await this.#attempt('The outcome is not known', () => this.#follow(id))
    } catch (error) {
      turnTo(view, file.name, false)
      byId('send').focus({ preventScroll: true })
      if (signal.aborted) announce('Sending was cancelled')
      else this.#tell(error, 'Your picture was not sent')
    }
  }

  /** Away from what is being sent, or else framed. */
  back(): void {
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

  async #change(title: string, work: (service: Service) => Promise<void>, done: string) {
    hideNotice()
    this.#task.abort()
    await this.#attempt(title, async () => {
      await work(this.#service)
      await this.#showCurrent()
      announce(done)
      byId('title').focus({ preventScroll: true })
    })
  }

  /** Shows each state of an upload, until it has ended or something newer began. */
  async #follow(id: string): Promise<void> {
    const { signal } = this.#begin()
    turnTo('working', 'You can leave this page: it goes on without you.')
    showStep('queued', 'In line', '')
    try {
      for await (const progress of follow(id, { ...this.#service, signal })) {
        if (signal.aborted) return
        await this.#arrive(progress)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #arrive(progress: Progress): Promise<void> {
    const { state, position } = progress
    if (state === 'queued') {
      const place = position === 1 ? 'you are next' : position ? `place ${position}` : ''
      return showStep('queued', 'In line', place)
    }
    if (state === 'processing') return showStep('processing', 'Making every size', '')
    await this.#showCurrent()
    byId('title').focus({ preventScroll: true })
    tellOutcome(progress)
  }

  async #showCurrent(): Promise<Picture> {
    this.#picture = await service.readPicture(this.#service)
    this.#show(this.#picture)
    return this.#picture
  }

  #show(picture: Picture): void {
    turnTo('picture', leadOf(picture), false)
    const key = picture.revision ?? ''
    void showPortrait(picture, service.pictureAddress(this.#service, this.#user, key))
    byId('gravatar').hidden = picture.source === 'gravatar'
    byId('remove').hidden = !this.#removable || picture.source === 'none'
    byId('sizes').hidden = picture.variants.length === 0
    showVariants(picture)
    const { accept, maxUploadBytes } = this.#limits
    byId('drop-hint').textContent =
      `Or drop one anywhere, or paste it. ${acceptedList(accept)}, up to ${sizeOf(maxUploadBytes)}.`
  }

  #closeFraming(): void {
    this.#framing?.close()
    this.#framing = undefined
  }

  #begin(): AbortController {
    this.#task.abort()
    this.#task = new AbortController()
    return this.#task
  }

  async #attempt(title: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (currentView() !== 'picture') turnTo('picture', '', false)
      this.#tell(error, title)
    }
  }

  #tell(error: unknown, title: string): void {
    if (this.#over.signal.aborted) return
    if (error instanceof ServiceError && NOT_SIGNED_IN.includes(error.code)) {
      this.signOut('This token is not accepted any more. Paste a new one.')
    } else {
      showProblem(error, title)
    }
  }
}

function leadOf({ source, updated_at }: Picture): string {
  if (source === 'none')
    return 'There is none yet. A face, or anything that stands for you, will do.'
  if (source === 'gravatar') return 'It comes from Gravatar, by your e-mail address.'
  return updated_at ? `Changed ${ago(updated_at)}.` : ''
}
