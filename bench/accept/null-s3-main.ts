import { createServer } from 'node:http'
import { tellPort } from '../support/forked.ts'

/** Takes every object and keeps none: what is left is what the API itself takes. */
tellPort(
  createServer((request, response) => {
    request.resume()
    request.once('end', () => response.writeHead(200, { ETag: '"0"', 'Content-Length': 0 }).end())
  }),
)
