import { beforeAll, describe, expect, it } from 'vitest'
import { AVATAR, Client, someone, tokenOf } from '../support/http/http.ts'
import { photo } from '../support/pictures/photo.ts'
import { useWorld } from '../support/world/use-world.ts'

const world = useWorld({ shared: true })
let api: Client

beforeAll(async () => {
  const [app] = await Promise.all([world.startApi(), world.startWorker()])
  api = new Client(app)
})

async function put(query: string) {
  const user = someone()
  const body = await photo({ width: 600, height: 400 })
  const reply = await api.ask('PUT', `${AVATAR}?${query}`, { token: tokenOf(user), body })
  return { user, reply, id: reply.headers.get('x-upload-id') ?? '' }
}

describe('an invalid crop or gravity is refused with the valid values before anything is stored', () => {
  it.each([
    ['crop=1,2,3', 'x,y,width,height'],
    ['crop=', 'x,y,width,height'],
    ['crop=0,0,0,10', 'x,y,width,height'],
    ['crop=0,0,5,5&crop=0,0,5,5', 'x,y,width,height'],
    ['gravity=north', 'centre, attention, entropy'],
    ['gravity=', 'centre, attention, entropy'],
    ['gravity=centre&gravity=entropy', 'centre, attention, entropy'],
    ['crop=0,0,5,5&gravity=centre', 'exclude each other'],
  ])('%s', async (query, advice) => {
    const { reply, id } = await put(query)
    expect(reply.json).toMatchObject({ code: 40001, msg: expect.stringContaining(advice) })
    expect(id).toBe('')
  })
})

it.each([
  ['crop=10,20,300,300', 300],
  ['crop=0,0,600,400', 400],
  ['gravity=attention', 400],
  ['gravity=entropy', 400],
  ['gravity=centre', 400],
  ['gravity=center', 400],
  ['crop=10.4,%2020.2,%20299.8,300', 300],
  ['crop=-1,0,402,401', 400],
])('%s is carried to the worker, and gives a square of %i pixels', async (query, side) => {
  const { user, id } = await put(query)
  expect(await world.outcome(id)).toBe('ready')
  const { variants } = await api.settings(user)
  expect(variants[0].size).toBe(side)
})

it('a rectangle outside the picture is rejected as crop_outside, with the size of the picture', async () => {
  const { user, id } = await put('crop=500,0,200,200')
  expect(await world.outcome(id)).toBe('rejected')
  const { rejected } = await api.settings(user)
  expect(rejected).toMatchObject({
    reason: 'crop_outside',
    msg: expect.stringContaining('600 by 400'),
  })
})
