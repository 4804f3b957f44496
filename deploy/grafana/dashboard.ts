import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { build, datasource } from './build.ts'
import type { Row } from './panel.ts'
import { background } from './rows/background.ts'
import { glance } from './rows/glance.ts'
import { health } from './rows/health.ts'
import { queue } from './rows/queue.ts'
import { rendering } from './rows/rendering.ts'
import { users } from './rows/users.ts'

const rows: readonly Row[] = [glance, users, queue, rendering, background, health]

/** `deploy/grafana/visage.json`, which `npm run docs` writes. */
export function dashboardJson(): string {
  const dashboard = new DashboardBuilder('Visage')
    .uid('visage')
    .description('What users notice first, then why: the queue, the rendering, the processes')
    .tags(['visage'])
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .timezone('browser')
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .variables([
      new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
      choice('job', 'Job', 'label_values(visage_build_info, job)'),
      choice('instance', 'Instance', 'label_values(visage_build_info{job=~"$job"}, instance)'),
    ])
  let id = 0
  for (const { title, panels } of rows) {
    dashboard.withRow(new RowBuilder(title).id(++id))
    for (const panel of panels) dashboard.withPanel(build(panel, ++id))
  }
  return `${JSON.stringify(dashboard.build(), null, 2)}\n`
}

/** Without an `allValue`, All is those that there are: `process_` and `nodejs_` metrics are not ours alone. */
function choice(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query({ query, refId: name })
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all' })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
}
