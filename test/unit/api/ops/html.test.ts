import { expect, test } from 'vitest'
import { html } from '../../../../apps/api/src/ops/html.ts'

test('what is put in is text, for elements and attributes alike', () => {
  const hostile = `"><script>alert('&')</script>`
  expect(String(html`<p title="${hostile}">${hostile}</p>`)).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;">' +
      '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</p>',
  )
})

test('what was made by it is put in as it is, alone or in a list, however deep', () => {
  const items = ['<a>', '<b>'].map((name) => html`<li>${name}</li>`)
  expect(String(html`<ul>${items}</ul>${html`<hr>`}${3}`)).toBe(
    '<ul><li>&lt;a&gt;</li><li>&lt;b&gt;</li></ul><hr>3',
  )
})
