import { createServer } from 'node:http'
import { listenAndSendPort } from '../support/forked-server.ts'

/** Accepts every object and discards it, so that only the CPU of the API is measured. */
listenAndSendPort(
  createServer((request, response) => {
    request.resume()
    request.once('end', () => response.writeHead(200, { ETag: '"0"', 'Content-Length': 0 }).end())
  }),
)
