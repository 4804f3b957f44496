import type { FoundJob, JobSearchResult } from '@visage/shared/queue/find-jobs'
import { html } from '../html.ts'

/** Builds the address of a job in bull-board. */
export function jobAddress(path: string, { queue, id }: Pick<FoundJob, 'queue' | 'id'>): string {
  return `${path}/queue/${encodeURIComponent(queue)}/${encodeURIComponent(id)}`
}

/**
 * Renders the search page.
 * @param term the search term
 * @param found undefined if there was no search yet
 */
export function jobSearchPage(
  path: string,
  term: string,
  found: JobSearchResult | undefined,
): string {
  return String(html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Find an upload</title>
  <link rel="icon" href="${path}/static/favicon-32x32.png">
  <link rel="stylesheet" href="${path}/find.css">
</head>
<body>
  <nav><a href="${path}/">Visage queues</a></nav>
  <main>
  <h1>Find an upload</h1>
  <form action="${path}/find" role="search">
    <label for="q">Upload id, user id or correlation id (exact match)</label>
    <input id="q" name="q" value="${term}" autofocus spellcheck="false" autocomplete="off">
    <button>Find</button>
  </form>
  ${found ? searchResult(path, term, found) : ''}
  </main>
</body>
</html>
`)
}

function searchResult(path: string, term: string, { jobs, incomplete }: JobSearchResult) {
  if (jobs.length > 0)
    return html`<table>
    <caption>${jobs.length} jobs${incomplete ? '; the search was incomplete, more jobs may match' : ''}</caption>
    <thead><tr><th>state</th><th>job</th><th>id</th></tr></thead>
    <tbody>${jobs.map((job) => row(path, job))}</tbody>
  </table>`
  return html`<p role="status">No job matches “${term}”${incomplete ? ' among the newest jobs that were searched' : ''}.
    Completed jobs are retained for one hour, and at most 1,000 of them. The receipt of the upload states its outcome.</p>`
}

const row = (path: string, job: FoundJob) =>
  html`<tr><td>${job.state}</td><td>${job.title}</td><td><a href="${jobAddress(path, job)}">${job.id}</a></td></tr>`

export const jobSearchStyle = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0 2rem }
label { flex-basis: 100% }
input { flex: 1; min-width: 16rem }
input, button { font: inherit; padding: .4rem .75rem }
table { width: 100%; border-collapse: collapse }
caption { text-align: start; padding: .5rem 0 }
th, td { text-align: start; padding: .4rem .75rem .4rem 0; border-top: 1px solid #8886; overflow-wrap: anywhere }
td:last-child { font-family: ui-monospace, monospace }
`
