import { sourceTypes } from '@visage/shared/avatar/formats'
import { byId } from './dom.ts'
import { listenForFiles } from './intake.ts'
import { hideNotice } from './notice.ts'
import { readPageSettings } from './service.ts'
import { currentToken, readUserId, removeToken, storeToken } from './session.ts'
import { Studio } from './studio.ts'

const settings = readPageSettings()
let studio: Studio | undefined

function signIn(token: string): void {
  const user = readUserId(token)
  if (user === undefined) {
    askForToken('This is not a token. A token has three parts, separated by dots.')
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

function askForToken(problem: string): void {
  studio = undefined
  removeToken()
  byId('studio').hidden = true
  byId('who').hidden = true
  byId('sign-in').hidden = false
  byId('token-problem').textContent = problem
  byId('token').toggleAttribute('aria-invalid', problem !== '')
  byId(problem ? 'token' : 'sign-in-title').focus()
}

byId('token-form', 'form').addEventListener('submit', (event) => {
  event.preventDefault()
  const input = byId('token', 'input')
  const token = input.value.trim().replace(/^Bearer\s+/i, '')
  input.value = ''
  if (readUserId(token) !== undefined) storeToken(token)
  signIn(token)
})

const onClick = (id: string, action: (studio: Studio) => unknown) =>
  byId(id).addEventListener('click', () => studio && action(studio))
onClick('sign-out', (current) => current.signOut())
onClick('send', (current) => current.send())
onClick('cancel', (current) => current.cancel())
onClick('gravatar', (current) => current.useGravatar())
onClick('remove', (current) => current.remove())
addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && !byId('cancel').hidden) studio?.cancel()
})

byId('file', 'input').accept = settings.accept.map((format) => sourceTypes[format].mediaType).join()
listenForFiles(
  () => studio?.acceptsFiles() ?? false,
  (file) => studio?.selectFile(file),
)

function start(): void {
  studio?.close()
  const token = currentToken()
  if (token === undefined) askForToken('')
  else signIn(token)
}
// A link with a token can also be opened in this tab, which only changes the fragment.
addEventListener('hashchange', start)
start()
