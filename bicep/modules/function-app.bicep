metadata name = 'Function app'
metadata description = 'The app on Flex Consumption, with its settings.'

import { alwaysReadyType, entityNamesType, identityType, schedulesType, tuningType } from '../types.bicep'

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Name of the app.')
param name string

@description('Name of the plan.')
param planName string

@description('Whether the plan\'s instances are spread over zones.')
param zoneRedundant bool

@description('Name of the azd service whose package is deployed here.')
param serviceName string

@description('The identities, by duty.')
param identities {
  host: identityType
  changes: identityType
  sweep: identityType
  reconcile: identityType
}

@description('Application Insights component that telemetry goes to.')
param applicationInsightsName string

@description('Log Analytics workspace for the host\'s own log.')
param workspaceId string

@description('Blob endpoint of the host\'s storage, with a slash at the end.')
param hostBlobEndpoint string

@description('Container that packages are deployed to.')
param packageContainer string

@description('Table endpoint of the state storage.')
param stateTableEndpoint string

@description('Blob endpoint of the state storage.')
param stateBlobEndpoint string

@description('Resource id of the Service Bus namespace.')
param serviceBusId string

@description('Host name of the namespace.')
param serviceBusHost string

@description('Names of queues, topic and subscription.')
param entities entityNamesType

@description('Container of the sweep\'s reports.')
param reportContainer string

@description('Container of what the sweep has read so far.')
param workContainer string

@description('Address of the vault, with a slash at the end.')
param vaultUri string

@description('Key that wraps the keys of previous numbers, without a version.')
param undoKeyId string

@description('Name in the vault of the key of the number hashes.')
param numberKeyName string

@description('Name in the vault of the keys that it replaced; empty where there are none.')
param previousNumberKeysName string

@description('Root of Microsoft Graph v1.0 in this cloud.')
param graphEndpoint string

@description('Azure Resource Manager in this cloud, without a slash at the end.')
param monitorEndpoint string

@description('Mailbox that notifications are sent from.')
param mailSender string

@description('Raised by one when the request queue is created anew or failed over.')
@minValue(0)
@maxValue(9)
param sequenceEpoch int

@description('When the timers run.')
param schedules schedulesType

@description('Settings that the app\'s own defaults do not do for.')
param tuning tuningType

@description('Megabytes of memory of an instance.')
param instanceMemoryMB 512 | 2048 | 4096

@description('The most instances.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Instances that are always there.')
param alwaysReady alwaysReadyType[]

@description('Subnet that the app reaches its private endpoints from; none where empty.')
param subnetId string

var authorization = 'ClientId=${identities.host.clientId};Authorization=AAD'
// The product makes its own spans; those of the libraries carry whole URLs.
var silencedInstrumentations = 'azure_sdk,django,fastapi,flask,httpx,httpx2,psycopg2,requests,urllib,urllib3'

var platformSettings = {
  AzureWebJobsStorage__blobServiceUri: hostBlobEndpoint
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identities.host.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: authorization
  PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY: 'true'
  OTEL_SERVICE_NAME: 'mfa-phone-change'
  OTEL_TRACES_SAMPLER: 'always_on'
  OTEL_PYTHON_DISABLED_INSTRUMENTATIONS: silencedInstrumentations
  ServiceBusConnection__credential: 'managedidentity'
}

var productSettings = {
  ServiceBusConnection__fullyQualifiedNamespace: serviceBusHost
  ServiceBusConnection__clientId: identities.changes.clientId
  StateStorage__tableServiceUri: stateTableEndpoint
  StateStorage__blobServiceUri: stateBlobEndpoint
  StateStorage__clientId: identities.changes.clientId
  REQUEST_QUEUE: entities.requestQueue
  PARKED_QUEUE: entities.parkedQueue
  APPROVAL_QUEUE: entities.approvalQueue
  SWEEP_QUEUE: entities.sweepQueue
  EVENT_TOPIC: entities.eventTopic
  NOTIFICATION_SUBSCRIPTION: entities.notificationSubscription
  SWEEP_REPORT_CONTAINER: reportContainer
  SWEEP_WORK_CONTAINER: workContainer
  GRAPH_ENDPOINT: graphEndpoint
  GRAPH_CLIENT_ID: identities.changes.clientId
  SWEEP_CLIENT_ID: identities.sweep.clientId
  RECONCILE_CLIENT_ID: identities.reconcile.clientId
  SERVICE_BUS_RESOURCE_ID: serviceBusId
  MONITOR_ENDPOINT: monitorEndpoint
  MAIL_SENDER: mailSender
  NUMBER_HMAC_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${numberKeyName})'
  UNDO_KEY_ID: undoKeyId
  UNDO_KEY_CLIENT_ID: identities.changes.clientId
  SEQUENCE_EPOCH: string(sequenceEpoch)
}

var previousKeySettings = empty(previousNumberKeysName)
  ? {}
  : {
      NUMBER_HMAC_PREVIOUS_KEYS: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${previousNumberKeysName})'
    }

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identities.host.id}': {}
      '${identities.changes.id}': {}
      '${identities.sweep.id}': {}
      '${identities.reconcile.id}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identities.host.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostBlobEndpoint}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identities.host.id
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(
    platformSettings,
    productSettings,
    previousKeySettings,
    schedules,
    mapValues(tuning, value => string(value))
  )
}

resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noDeploymentPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

// The app's telemetry goes to Application Insights; this is what the host says when the app does not even start.
resource hostIsLogged 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'FunctionAppLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
