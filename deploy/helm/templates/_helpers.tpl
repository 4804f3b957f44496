{{- define "visage.name" -}}
{{- if contains "visage" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-visage" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{/* What never changes of a part's labels. Takes a list: the root, and api, worker or provision. */}}
{{- define "visage.selector" -}}
app.kubernetes.io/name: visage
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "visage.labels" -}}
{{ include "visage.selector" . }}
app.kubernetes.io/version: {{ include "visage.tag" (index . 0) | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (index . 0).Chart.Name (index . 0).Chart.Version }}
{{- end }}

{{- define "visage.tag" -}}
{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* Variables of the environment. Takes a map. */}}
{{- define "visage.env" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "visage.envOfAll" -}}
{{ mergeOverwrite (dict "OPS_HOST" "0.0.0.0" "LOG_FORMAT" "json") .Values.settings | toYaml }}
{{- end }}

{{/* Takes a list: the root, and the name of a secret. */}}
{{- define "visage.secret" -}}
- secretRef:
    name: {{ index . 1 }}
{{- end }}

{{/* What all pods are like. Takes a list: the root, and api, worker or provision. */}}
{{- define "visage.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  seccompProfile:
    type: RuntimeDefault
{{- with (index . 0).Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: tmp
    emptyDir:
      sizeLimit: 256Mi
{{- end }}

{{- define "visage.container" -}}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: tmp
    mountPath: /tmp
{{- end }}

{{/* The pods of one part on different machines, where there are several. */}}
{{- define "visage.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "visage.selector" . | nindent 8 }}
{{- end }}

{{- define "visage.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: ops }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /healthz, port: ops }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
# It asks the servers, and gives each 2 s.
readinessProbe:
  httpGet: { path: /readyz, port: ops }
  periodSeconds: 5
  timeoutSeconds: 4
  failureThreshold: 2
{{- end }}

{{/* Names, and the three servers. */}}
{{- define "visage.egress" -}}
- ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
{{- with .Values.networkPolicy.servers }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* No rule at all where nobody is named: one without a sender would let everybody in. */}}
{{- define "visage.opsIngress" -}}
{{- with .Values.networkPolicy.ops.from -}}
- ports:
    - { protocol: TCP, port: ops }
  from:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}
