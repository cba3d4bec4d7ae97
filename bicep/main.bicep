metadata name = 'MFA Phone Change'
metadata description = 'Everything that the product needs in Azure, from an empty subscription on. Graph permissions are granted apart: graph-permissions.bicep.'

// A subscription: the resource group is made here, and the subscription's activity log, where changes of rights are
// told, is sent to the workspace.
targetScope = 'subscription'

import { alwaysReadyType, principalType, schedulesType, tuningType } from 'types.bicep'
import { webhookType } from 'modules/alerts.bicep'

@description('What this installation is called, such as production.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Region. It must offer Flex Consumption.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Resource group; by default one of a name made from that of the installation.')
param resourceGroupName string = ''

@description('Tags of all resources.')
param tags object = {}

@description('Mailbox that notifications are sent from, as user principal name.')
param mailSender string

@description('Systems that send change requests, each with an identity of its own.')
param producers principalType[] = []

@description('Systems or people that approve what is held.')
param approvers principalType[] = []

@description('People who look at parked messages and send them again.')
param replayers principalType[] = []

@description('People who use the commands for the brake, the list of what is held and the sweep.')
param operators principalType[] = []

@description('Systems that receive the audit copy of every event.')
param subscribers principalType[] = []

@description('People who put the key of the number hashes into the vault. They can read it: take them off again afterwards.')
param keyOfficers principalType[] = []

@description('Whether everything is reached through private endpoints only. Service Bus is of the Premium tier then.')
param privateNetwork bool = false

@description('Address range of the virtual network, a /24 or larger one.')
param addressPrefix string = '10.117.0.0/24'

@description('Messaging units of Service Bus where the network is private.')
param messagingUnits 1 | 2 | 4 | 8 | 16 = 1

@description('How many copies of the state are kept, and where.')
param stateStorageSku 'Standard_GZRS' | 'Standard_LRS' | 'Standard_ZRS' = 'Standard_ZRS'

@description('Whether reads of the state and of reports are logged as well as writes and deletions.')
param logStorageReads bool = false

@description('Days that the sweep\'s reports are kept.')
@minValue(30)
param reportRetentionInDays int = 400

@description('Days that telemetry is kept.')
@minValue(30)
@maxValue(730)
param telemetryRetentionInDays int = 90

@description('Gigabytes of telemetry a day after which nothing more is taken; -1: no limit.')
param telemetryDailyQuotaGb int = -1

@description('Whether the subscription\'s activity log is sent to the workspace. Two alerts read it there.')
param exportActivityLog bool = true

@description('Whether what holds state is kept from being deleted.')
param protectFromDeletion bool = true

@description('Megabytes of memory of an instance.')
param instanceMemoryMB 512 | 2048 | 4096 = 2048

@description('The most instances.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that are always there.')
param alwaysReady alwaysReadyType[] = []

@description('Whether instances are spread over zones.')
param zoneRedundant bool = false

@description('When the timers run.')
param schedules schedulesType = {
  OUTBOX_SCHEDULE: '0 * * * * *'
  PURGE_SCHEDULE: '0 30 3 * * *'
  EXCEPTION_SCHEDULE: '0 0 6 * * *'
  SWEEP_SCHEDULE: '0 0 1 * * *'
  SWEEP_RESUME_SCHEDULE: '0 */5 * * * *'
  RECONCILE_SCHEDULE: '0 */15 * * * *'
}

@description('Settings that the app\'s own defaults do not do for.')
param tuning tuningType = {}

@description('Raised by one when the request queue is created anew or failed over.')
@minValue(0)
@maxValue(9)
param sequenceEpoch int = 0

@description('Whether the vault of an installation that was taken away is taken back. A deleted vault keeps its name for 90 days.')
param recoverVault bool = false

@description('Whether the vault has the keys that the key of the number hashes replaced.')
param hasPreviousNumberKeys bool = false

@description('Folder of the runbooks that alerts end with. Without a slash at the end.')
param runbookBaseUrl string = 'docs/runbooks'

@description('Whether any alert fires.')
param enableAlerts bool = true

@description('Ids of alerts that are not to fire.')
param disabledAlerts string[] = []

@description('Thresholds by alert id, in place of those in alerts.json.')
param thresholds object = {}

@description('Who gets a mail for every alert.')
param alertEmails string[] = []

@description('Where every alert is posted to, beside the mails; none where null.')
param alertWebhook webhookType?

@description('Object ids and client ids of the pipeline, whose changes are expected.')
param pipelinePrincipalIds string[] = []

@description('Whether Entra sends its audit log to this workspace.')
param hasDirectoryLogs bool = false

var names = loadJsonContent('names.json')
var bus = loadJsonContent('service-bus.json')
var short = names.abbreviations
var product = 'mfaphone'
var token = uniqueString(subscription().id, environmentName, location)
var allTags = union(tags, { 'azd-env-name': environmentName, product: 'mfa-phone-change' })
var cloud = names.clouds[environment().name]
var monitorEndpoint = environment().resourceManager
var zones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  serviceBus: 'privatelink.${cloud.serviceBus}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  vault: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
}

// Whoever sends requests must not be able to approve them, so that nobody is in two lists. What two groups have in common,
// a template cannot see.
var told = map(
  concat(producers, approvers, replayers, operators, subscribers),
  each => toLower(each.principalId)
)
var outsiders = length(union(told, told)) == length(told)
  ? concat(
      map(producers, each => { who: 'producers', principalId: each.principalId, principalType: each.principalType }),
      map(approvers, each => { who: 'approvers', principalId: each.principalId, principalType: each.principalType }),
      map(replayers, each => { who: 'replayers', principalId: each.principalId, principalType: each.principalType }),
      map(operators, each => { who: 'operators', principalId: each.principalId, principalType: each.principalType }),
      map(subscribers, each => { who: 'subscribers', principalId: each.principalId, principalType: each.principalType })
    )
  : fail('Somebody is told twice among producers, approvers, replayers, operators and subscribers: nobody may send requests and approve them.')

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: empty(resourceGroupName) ? '${short.resourceGroup}${product}-${environmentName}' : resourceGroupName
  location: location
  tags: allTags
}

module identities 'modules/identities.bicep' = {
  name: 'identities'
  scope: group
  params: {
    location: location
    tags: allTags
    prefix: '${short.identity}${product}'
    token: token
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    location: location
    tags: allTags
    workspaceName: '${short.logAnalytics}${product}-${token}'
    componentName: '${short.applicationInsights}${product}-${token}'
    retentionInDays: telemetryRetentionInDays
    dailyQuotaGb: telemetryDailyQuotaGb
    hostPrincipalId: identities.outputs.host.principalId
    lock: protectFromDeletion
  }
}

// Apart from the state: who may deploy the app has no right to what the app knows, and the host none to it either.
// Storage Blob Data Contributor reads, writes and leases blobs and creates containers, which is all that the host does;
// Storage Blob Data Owner could give rights to others besides.
module hostStorage 'modules/storage-account.bicep' = {
  name: 'host-storage'
  scope: group
  params: {
    location: location
    tags: allTags
    name: '${short.storage}mfahost${token}'
    sku: 'Standard_LRS'
    containers: [names.storage.packageContainer]
    assignments: [
      {
        role: 'Storage Blob Data Contributor'
        principalId: identities.outputs.host.principalId
        principalType: 'ServicePrincipal'
      }
    ]
    workspaceId: monitoring.outputs.workspaceId
    isPrivate: privateNetwork
    lock: false
  }
}

// The app creates a table or a container that is missing, which takes the role on the account.
module stateStorage 'modules/storage-account.bicep' = {
  name: 'state-storage'
  scope: group
  params: {
    location: location
    tags: allTags
    name: '${short.storage}mfastate${token}'
    sku: stateStorageSku
    containers: [names.storage.reportContainer, names.storage.workContainer]
    tables: names.storage.tables
    deletedAfterDays: {
      '${names.storage.reportContainer}': reportRetentionInDays
      '${names.storage.workContainer}': 7
    }
    assignments: flatten(map(
      concat(
        [{ principalId: identities.outputs.changes.principalId, principalType: 'ServicePrincipal' }],
        map(operators, each => { principalId: each.principalId, principalType: each.principalType })
      ),
      each => [
        {
          role: 'Storage Table Data Contributor'
          principalId: each.principalId
          principalType: each.principalType
        }
        {
          role: 'Storage Blob Data Contributor'
          principalId: each.principalId
          principalType: each.principalType
        }
      ]
    ))
    workspaceId: monitoring.outputs.workspaceId
    logReads: logStorageReads
    isPrivate: privateNetwork
    lock: protectFromDeletion
  }
}

module keyVault 'modules/key-vault.bicep' = {
  name: 'key-vault'
  scope: group
  params: {
    location: location
    tags: allTags
    name: '${short.keyVault}mfa-${token}'
    changesPrincipalId: identities.outputs.changes.principalId
    hostPrincipalId: identities.outputs.host.principalId
    keyOfficers: map(
      keyOfficers,
      each => {
        role: 'Key Vault Secrets Officer'
        principalId: each.principalId
        principalType: each.principalType
      }
    )
    workspaceId: monitoring.outputs.workspaceId
    isPrivate: privateNetwork
    lock: protectFromDeletion
    recover: recoverVault
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  name: 'service-bus'
  scope: group
  params: {
    location: location
    tags: allTags
    name: '${short.serviceBus}${product}-${token}'
    isPrivate: privateNetwork
    messagingUnits: messagingUnits
    queues: bus.queues
    topics: bus.topics
    workspaceId: monitoring.outputs.workspaceId
    lock: protectFromDeletion
  }
}

module serviceBusRoles 'modules/service-bus-roles.bicep' = {
  name: 'service-bus-roles'
  scope: group
  params: {
    namespaceName: serviceBus.outputs.name
    holders: concat(
      [
        {
          who: 'changes'
          principalId: identities.outputs.changes.principalId
          principalType: 'ServicePrincipal'
        }
      ],
      outsiders
    )
    grants: names.grants
    reconcilePrincipalId: identities.outputs.reconcile.principalId
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  scope: group
  params: {
    location: location
    tags: allTags
    name: '${short.virtualNetwork}${product}-${token}'
    securityGroupName: '${short.networkSecurityGroup}${product}-${token}'
    addressPrefix: addressPrefix
    zones: zones
  }
}

module hostBlobEndpoint 'modules/private-endpoint.bicep' = if (privateNetwork) {
  name: 'endpoint-host-blob'
  scope: group
  params: {
    location: location
    tags: allTags
    name: '${short.privateEndpoint}${product}-host-blob'
    subnetId: network!.outputs.endpointSubnetId
    targetId: hostStorage.outputs.id
    groupId: 'blob'
    zoneName: zones.blob
  }
}

module stateBlobEndpoint 'modules/private-endpoint.bicep' = if (privateNetwork) {
  name: 'endpoint-state-blob'
  scope: group
  params: {
    location: location
    tags: allTags
    name: '${short.privateEndpoint}${product}-state-blob'
    subnetId: network!.outputs.endpointSubnetId
    targetId: stateStorage.outputs.id
    groupId: 'blob'
    zoneName: zones.blob
  }
}

module stateTableEndpoint 'modules/private-endpoint.bicep' = if (privateNetwork) {
  name: 'endpoint-state-table'
  scope: group
  params: {
    location: location
    tags: allTags
    name: '${short.privateEndpoint}${product}-state-table'
    subnetId: network!.outputs.endpointSubnetId
    targetId: stateStorage.outputs.id
    groupId: 'table'
    zoneName: zones.table
  }
}

module serviceBusEndpoint 'modules/private-endpoint.bicep' = if (privateNetwork) {
  name: 'endpoint-service-bus'
  scope: group
  params: {
    location: location
    tags: allTags
    name: '${short.privateEndpoint}${product}-service-bus'
    subnetId: network!.outputs.endpointSubnetId
    targetId: serviceBus.outputs.id
    groupId: 'namespace'
    zoneName: zones.serviceBus
  }
}

module keyVaultEndpoint 'modules/private-endpoint.bicep' = if (privateNetwork) {
  name: 'endpoint-key-vault'
  scope: group
  params: {
    location: location
    tags: allTags
    name: '${short.privateEndpoint}${product}-key-vault'
    subnetId: network!.outputs.endpointSubnetId
    targetId: keyVault.outputs.id
    groupId: 'vault'
    zoneName: zones.vault
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  scope: group
  params: {
    location: location
    tags: allTags
    name: '${short.functionApp}${product}-${token}'
    planName: '${short.plan}${product}-${token}'
    zoneRedundant: zoneRedundant
    serviceName: 'app'
    identities: {
      host: identities.outputs.host
      changes: identities.outputs.changes
      sweep: identities.outputs.sweep
      reconcile: identities.outputs.reconcile
    }
    applicationInsightsName: monitoring.outputs.componentName
    workspaceId: monitoring.outputs.workspaceId
    hostBlobEndpoint: hostStorage.outputs.blobEndpoint
    packageContainer: names.storage.packageContainer
    stateTableEndpoint: stateStorage.outputs.tableEndpoint
    stateBlobEndpoint: stateStorage.outputs.blobEndpoint
    serviceBusId: serviceBus.outputs.id
    serviceBusHost: '${serviceBus.outputs.name}.${cloud.serviceBus}'
    entities: names.entities
    reportContainer: names.storage.reportContainer
    workContainer: names.storage.workContainer
    vaultUri: keyVault.outputs.uri
    undoKeyId: keyVault.outputs.undoKeyId
    numberKeyName: names.keyVault.numberKey
    previousNumberKeysName: hasPreviousNumberKeys ? names.keyVault.previousNumberKeys : ''
    graphEndpoint: cloud.graph
    monitorEndpoint: endsWith(monitorEndpoint, '/')
      ? substring(monitorEndpoint, 0, length(monitorEndpoint) - 1)
      : monitorEndpoint
    mailSender: mailSender
    sequenceEpoch: sequenceEpoch
    schedules: schedules
    tuning: tuning
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
  }
  // Without its rights the app would start, fail and wait for its next start.
  dependsOn: [
    serviceBusRoles
    hostBlobEndpoint
    stateBlobEndpoint
    stateTableEndpoint
    serviceBusEndpoint
    keyVaultEndpoint
  ]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: allTags
    namePrefix: product
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.id
    functionAppId: functionApp.outputs.id
    storageAccountIds: [hostStorage.outputs.id, stateStorage.outputs.id]
    keyVaultId: keyVault.outputs.id
    maximumInstanceCount: maximumInstanceCount
    runbookBaseUrl: runbookBaseUrl
    emailReceivers: alertEmails
    webhook: alertWebhook
    enableAlerts: enableAlerts
    disabledAlerts: disabledAlerts
    thresholds: thresholds
    pipelinePrincipalIds: pipelinePrincipalIds
    identityPrincipalIds: [
      identities.outputs.host.principalId
      identities.outputs.changes.principalId
      identities.outputs.sweep.principalId
      identities.outputs.reconcile.principalId
    ]
    hasDirectoryLogs: hasDirectoryLogs
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.id
    functionAppId: functionApp.outputs.id
  }
}

resource activityLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (exportActivityLog) {
  name: '${product}-${token}'
  properties: {
    workspaceId: monitoring.outputs.workspaceId
    logs: [
      {
        category: 'Administrative'
        enabled: true
      }
      {
        category: 'Policy'
        enabled: true
      }
      {
        category: 'ResourceHealth'
        enabled: true
      }
      {
        category: 'Security'
        enabled: true
      }
      {
        category: 'ServiceHealth'
        enabled: true
      }
    ]
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = functionApp.outputs.name
output FUNCTION_APP_HOST string = functionApp.outputs.hostName
output SERVICE_BUS_NAME string = serviceBus.outputs.name
output SERVICE_BUS_HOST string = '${serviceBus.outputs.name}.${cloud.serviceBus}'
output SERVICE_BUS_RESOURCE_ID string = serviceBus.outputs.id
output STATE_STORAGE_NAME string = stateStorage.outputs.name
output STATE_TABLE_ENDPOINT string = stateStorage.outputs.tableEndpoint
output STATE_BLOB_ENDPOINT string = stateStorage.outputs.blobEndpoint
output KEY_VAULT_NAME string = keyVault.outputs.name
output UNDO_KEY_ID string = keyVault.outputs.undoKeyId
output NUMBER_KEY_NAME string = names.keyVault.numberKey
output LOG_ANALYTICS_WORKSPACE_ID string = monitoring.outputs.workspaceCustomerId
output CHANGES_CLIENT_ID string = identities.outputs.changes.clientId
output CHANGES_PRINCIPAL_ID string = identities.outputs.changes.principalId
output SWEEP_CLIENT_ID string = identities.outputs.sweep.clientId
output SWEEP_PRINCIPAL_ID string = identities.outputs.sweep.principalId
output WORKBOOK_ID string = workbook.outputs.workbookId
