import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import * as common from '@grafana/grafana-foundation-sdk/common'
import {
  type Panel as GrafanaPanel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'
import type { Panel, Query } from './panel.ts'

export const datasource = { type: 'prometheus', uid: '$datasource' }

const HEIGHT = { lines: 8, stacked: 8, number: 4 } as const

/** A panel of ours in Grafana's words. */
export function build(panel: Panel, id: number): Builder<GrafanaPanel> {
  const builder = panel.kind === 'number' ? number(panel) : graph(panel)
  return builder
    .id(id)
    .title(panel.title)
    .description(panel.about)
    .datasource(datasource)
    .span(panel.width)
    .height(HEIGHT[panel.kind])
    .unit(panel.unit)
    .targets(panel.queries.map(query))
}

function query([expr, legend]: Query, index: number): DataqueryBuilder {
  const refId = String.fromCharCode('A'.charCodeAt(0) + index)
  return new DataqueryBuilder().refId(refId).expr(expr).legendFormat(legend).range()
}

function number({ alarming }: Panel): stat.PanelBuilder {
  return new stat.PanelBuilder()
    .colorMode(alarming ? common.BigValueColorMode.Value : common.BigValueColorMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholds(alarming))
    .noValue('–')
}

function graph({ kind }: Panel): timeseries.PanelBuilder {
  const mode = kind === 'stacked' ? common.StackingMode.Normal : common.StackingMode.None
  return new timeseries.PanelBuilder()
    .min(0)
    .lineWidth(1)
    .fillOpacity(kind === 'stacked' ? 40 : 8)
    .gradientMode(common.GraphGradientMode.Opacity)
    .showPoints(common.VisibilityMode.Never)
    .stacking(new common.StackingConfigBuilder().mode(mode).group('A'))
    .legend(legend())
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    )
}

function legend(): common.VizLegendOptionsBuilder {
  return new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom)
    .calcs([])
}

function thresholds(alarming: Panel['alarming']): ThresholdsConfigBuilder {
  const [orange, red] = alarming ?? []
  const steps = [
    { value: null, color: 'green' },
    { value: orange ?? null, color: 'orange' },
    { value: red ?? null, color: 'red' },
  ]
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(alarming ? steps : steps.slice(0, 1))
}
