import { sourceTypes } from '@visage/shared/avatar/formats'
import { byId } from './dom.ts'
import { takeFiles } from './intake.ts'
import { hideNotice } from './notice.ts'
import { pageSettings } from './service.ts'
import { currentToken, forgetToken, keepToken, userOf } from './session.ts'
import { Studio } from './studio.ts'

const settings = pageSettings()
let studio: Studio | undefined

function signIn(token: string): void {
  const user = userOf(token)
  if (user === undefined) {
    askForToken('This is not a token. It has three parts, with dots between.')
    return
  }
  byId('sign-in').hidden = true
  byId('studio').hidden = false
  byId('who').hidden = false
  byId('user').textContent = user
  hideNotice()
  studio = new Studio(settings, token, user, askForToken)
  void studio.open()
}

function askForToken(why: string): void {
  studio = undefined
  forgetToken()
  byId('studio').hidden = true
  byId('who').hidden = true
  byId('sign-in').hidden = false
  byId('token-problem').textContent = why
  byId('token').toggleAttribute('aria-invalid', why !== '')
  byId(why ? 'token' : 'sign-in-title').focus()
}

byId('token-form', 'form').addEventListener('submit', (event) => {
  event.preventDefault()
  const input = byId('token', 'input')
  const token = input.value.trim().replace(/^Bearer\s+/i, '')
  input.value = ''
  if (userOf(token) !== undefined) keepToken(token)
  signIn(token)
})

const onClick = (id: string, work: (studio: Studio) => unknown) =>
  byId(id).addEventListener('click', () => studio && work(studio))
onClick('sign-out', (one) => one.signOut())
onClick('send', (one) => one.send())
onClick('cancel', (one) => one.back())
onClick('gravatar', (one) => one.useGravatar())
onClick('remove', (one) => one.remove())
addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && !byId('cancel').hidden) studio?.back()
})

byId('file', 'input').accept = settings.accept.map((one) => sourceTypes[one].mediaType).join()
takeFiles(
  () => studio?.isOpen() ?? false,
  (file) => studio?.take(file),
)

function start(): void {
  studio?.leave()
  const token = currentToken()
  if (token === undefined) askForToken('')
  else signIn(token)
}
// A link with a token may also be opened in this very tab.
addEventListener('hashchange', start)
start()
