import { generated } from './generated.ts'

/** `npm run docs` */
for (const one of generated) one.write()
