metadata name = 'Alerts'
metadata description = 'Every alert of docs/runbooks, with one action group. What is measured, how severe it is and from where on stands in alerts.json.'

@description('The Entra-secured webhook that takes alerts in the common schema. Its address is no secret: Azure Monitor signs in to it.')
@export()
type webhookType = {
  @description('Where the alerts are posted to.')
  serviceUri: string
  @description('Object id of the application that protects it.')
  objectId: string
  @description('Identifier URI of that application.')
  identifierUri: string
  @description('Tenant of that application.')
  tenantId: string
}

@description('Region of the log alerts: that of the workspace.')
param location string = resourceGroup().location

@description('Tags of all resources.')
param tags object = {}

@description('What the names begin with.')
@minLength(1)
@maxLength(40)
param namePrefix string

@description('Log Analytics workspace that holds the telemetry.')
param workspaceId string

@description('Service Bus namespace.')
param serviceBusId string

@description('Function app.')
param functionAppId string

@description('Storage accounts: that of the host and that of the state.')
param storageAccountIds string[]

@description('Key Vault.')
param keyVaultId string

@description('The most instances that the app may have; one alert counts in percent of it.')
@minValue(1)
param maximumInstanceCount int

@description('Folder of the runbooks; each alert ends with the address of its page. Without a slash at the end.')
param runbookBaseUrl string

@description('Who gets a mail for every alert.')
param emailReceivers string[] = []

@description('Where every alert is posted to, beside the mails; none where null.')
param webhook webhookType?

@description('Whether any alert fires.')
param enableAlerts bool = true

@description('Ids of alerts that are not to fire.')
param disabledAlerts string[] = []

@description('Thresholds by alert id, in place of those in alerts.json.')
param thresholds object = {}

@description('Object ids and client ids of the pipeline, whose changes are expected.')
param pipelinePrincipalIds string[] = []

@description('Object ids of the app\'s identities.')
param identityPrincipalIds string[] = []

@description('Whether Entra sends its audit log to the workspace: without it nobody can tell that a Graph permission was granted.')
param hasDirectoryLogs bool = false

var alerts = loadJsonContent('../alerts.json')
var runbooks = 'Runbook: ${runbookBaseUrl}'
var queries = {
  'brake-engaged': loadTextContent('../kql/alerts/brake-engaged.kql')
  'messages-vanished': loadTextContent('../kql/alerts/messages-vanished.kql')
  'requests-overdue': loadTextContent('../kql/alerts/requests-overdue.kql')
  'reconcile-blind': loadTextContent('../kql/alerts/reconcile-blind.kql')
  'graph-refused': loadTextContent('../kql/alerts/graph-refused.kql')
  'graph-throttled': loadTextContent('../kql/alerts/graph-throttled.kql')
  'graph-failing': loadTextContent('../kql/alerts/graph-failing.kql')
  'outbox-old': loadTextContent('../kql/alerts/outbox-old.kql')
  'requests-waiting': loadTextContent('../kql/alerts/requests-waiting.kql')
  'slow-outcomes': loadTextContent('../kql/alerts/slow-outcomes.kql')
  'failure-share': loadTextContent('../kql/alerts/failure-share.kql')
  'write-not-confirmed': loadTextContent('../kql/alerts/write-not-confirmed.kql')
  'order-lost': loadTextContent('../kql/alerts/order-lost.kql')
  'vault-refused': loadTextContent('../kql/alerts/vault-refused.kql')
  'mails-refused': loadTextContent('../kql/alerts/mails-refused.kql')
  'heartbeat-missing': loadTextContent('../kql/alerts/heartbeat-missing.kql')
  'function-raises': loadTextContent('../kql/alerts/function-raises.kql')
  'worker-died': loadTextContent('../kql/alerts/worker-died.kql')
  'sweep-incomplete': loadTextContent('../kql/alerts/sweep-incomplete.kql')
  'sweep-given-up': loadTextContent('../kql/alerts/sweep-given-up.kql')
  'sweep-missing': loadTextContent('../kql/alerts/sweep-missing.kql')
  'protected-refusals': loadTextContent('../kql/alerts/protected-refusals.kql')
  'approvals-refused': loadTextContent('../kql/alerts/approvals-refused.kql')
  'holds-unanswered': loadTextContent('../kql/alerts/holds-unanswered.kql')
  'limits-tripped': loadTextContent('../kql/alerts/limits-tripped.kql')
  'access-changed': loadTextContent('../kql/alerts/access-changed.kql')
  'deployment-changed': loadTextContent('../kql/alerts/deployment-changed.kql')
  'graph-grant-changed': loadTextContent('../kql/alerts/graph-grant-changed.kql')
  'ingestion-high': loadTextContent('../kql/alerts/ingestion-high.kql')
}
var resources = {
  bus: {
    namespace: 'Microsoft.ServiceBus/namespaces'
    ids: [serviceBusId]
  }
  app: {
    namespace: 'Microsoft.Web/sites'
    ids: [functionAppId]
  }
  storage: {
    namespace: 'Microsoft.Storage/storageAccounts'
    ids: storageAccountIds
  }
  vault: {
    namespace: 'Microsoft.KeyVault/vaults'
    ids: [keyVaultId]
  }
}
var scaled = {
  'instances-near-maximum': maximumInstanceCount
}
// One rule for each resource: not every type takes several in one rule.
var metricRules = flatten(map(alerts.metric, alert => map(
  range(0, length(resources[alert.resource].ids)),
  position => {
    name: position == 0 ? '${namePrefix}-${alert.id}' : '${namePrefix}-${alert.id}-${position + 1}'
    alert: alert
    target: resources[alert.resource].ids[position]
    namespace: resources[alert.resource].namespace
  }
)))

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${namePrefix}-operators'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'mfaphone'
    enabled: true
    emailReceivers: [
      for (address, position) in emailReceivers: {
        name: 'mail ${position + 1}'
        emailAddress: address
        useCommonAlertSchema: true
      }
    ]
    webhookReceivers: webhook == null
      ? []
      : [
          {
            name: 'webhook'
            serviceUri: webhook!.serviceUri
            useCommonAlertSchema: true
            useAadAuth: true
            objectId: webhook!.objectId
            identifierUri: webhook!.identifierUri
            tenantId: webhook!.tenantId
          }
        ]
  }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in alerts.log: {
    name: '${namePrefix}-${alert.id}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.title
      description: '${alert.title}. ${runbooks}/${alert.id}.md'
      severity: alert.severity
      enabled: enableAlerts && !contains(disabledAlerts, alert.id) && (hasDirectoryLogs || !contains(alert, 'needs'))
      scopes: [workspaceId]
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      autoMitigate: alert.autoMitigate
      // A new workspace does not know a table before its first row.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: replace(
              replace(
                replace(queries[alert.id], 'PIPELINE_PRINCIPALS', join(pipelinePrincipalIds, ',')),
                'IDENTITY_PRINCIPALS',
                join(identityPrincipalIds, ',')
              ),
              'RESOURCE_GROUP',
              resourceGroup().name
            )
            // Each query gives one row with one number, also where there is nothing to count.
            metricMeasureColumn: 'Value'
            timeAggregation: 'Maximum'
            operator: alert.operator
            threshold: contains(thresholds, alert.id) ? thresholds[alert.id] : alert.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [actionGroup.id]
        customProperties: {
          alertId: alert.id
          runbook: '${runbookBaseUrl}/${alert.id}.md'
        }
      }
    }
  }
]

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for rule in metricRules: {
    name: rule.name
    location: 'global'
    tags: tags
    properties: {
      description: '${rule.alert.title}. ${runbooks}/${rule.alert.id}.md'
      severity: rule.alert.severity
      enabled: enableAlerts && !contains(disabledAlerts, rule.alert.id)
      scopes: [rule.target]
      evaluationFrequency: rule.alert.frequency
      windowSize: rule.alert.window
      autoMitigate: rule.alert.autoMitigate
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: rule.alert.id
            metricNamespace: rule.namespace
            metricName: rule.alert.metric
            timeAggregation: rule.alert.aggregation
            operator: rule.alert.operator
            threshold: (contains(thresholds, rule.alert.id) ? thresholds[rule.alert.id] : rule.alert.threshold) * (contains(
                scaled,
                rule.alert.id
              )
              ? scaled[rule.alert.id]
              : 100) / 100
            dimensions: rule.alert.dimensions
            // A metric that was never sent is not known yet.
            skipMetricValidation: true
          }
        ]
      }
      actions: [
        {
          actionGroupId: actionGroup.id
          webHookProperties: {
            alertId: rule.alert.id
            runbook: '${runbookBaseUrl}/${rule.alert.id}.md'
          }
        }
      ]
    }
  }
]

resource dynamicAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in alerts.dynamic: {
    name: '${namePrefix}-${alert.id}'
    location: 'global'
    tags: tags
    properties: {
      description: '${alert.title}. ${runbooks}/${alert.id}.md'
      severity: alert.severity
      enabled: enableAlerts && !contains(disabledAlerts, alert.id)
      scopes: resources[alert.resource].ids
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      autoMitigate: alert.autoMitigate
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'DynamicThresholdCriterion'
            name: alert.id
            metricNamespace: resources[alert.resource].namespace
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: alert.operator
            alertSensitivity: alert.sensitivity
            failingPeriods: {
              numberOfEvaluationPeriods: 4
              minFailingPeriodsToAlert: 4
            }
            skipMetricValidation: true
          }
        ]
      }
      actions: [
        {
          actionGroupId: actionGroup.id
          webHookProperties: {
            alertId: alert.id
            runbook: '${runbookBaseUrl}/${alert.id}.md'
          }
        }
      ]
    }
  }
]

resource activityAlerts 'Microsoft.Insights/activityLogAlerts@2026-01-01' = [
  for alert in alerts.activity: {
    name: '${namePrefix}-${alert.id}'
    location: 'global'
    tags: tags
    properties: {
      description: '${alert.title}. ${runbooks}/${alert.id}.md'
      enabled: enableAlerts && !contains(disabledAlerts, alert.id)
      scopes: [alert.scope == 'subscription' ? subscription().id : resourceGroup().id]
      condition: {
        allOf: [
          {
            field: 'category'
            equals: alert.category
          }
        ]
      }
      actions: {
        actionGroups: [
          {
            actionGroupId: actionGroup.id
            webhookProperties: {
              alertId: alert.id
              runbook: '${runbookBaseUrl}/${alert.id}.md'
            }
          }
        ]
      }
    }
  }
]

@description('The action group, for whoever adds alerts of their own.')
output actionGroupId string = actionGroup.id
