metadata name = 'Storage account'
metadata description = 'A storage account without shared keys, its containers and tables, and who may use it.'

import { assignmentType } from '../types.bicep'

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('How many copies are kept, and where.')
param sku 'Standard_GZRS' | 'Standard_LRS' | 'Standard_ZRS'

@description('Blob containers.')
param containers string[]

@description('Tables.')
param tables string[] = []

@description('Days after its last change that a blob is deleted, by container.')
param deletedAfterDays object = {}

@description('Who may use the account. The account holds nothing but what one duty needs, and is therefore the scope.')
param assignments assignmentType[]

@description('Log Analytics workspace for the log of accesses.')
param workspaceId string

@description('Whether reads are logged as well as writes and deletions.')
param logReads bool = false

@description('Whether it is reached through private endpoints only.')
param isPrivate bool

@description('Whether the account is kept from being deleted.')
param lock bool

var names = loadJsonContent('../names.json')
var logged = concat(['StorageWrite', 'StorageDelete'], logReads ? ['StorageRead'] : [])

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 14
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 14
    }
  }
}

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for container in containers: {
    parent: blobs
    name: container
    properties: {
      publicAccess: 'None'
    }
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource tableEntities 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [
  for table in tables: {
    parent: tableService
    name: table
  }
]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = if (!empty(deletedAfterDays)) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        for rule in items(deletedAfterDays): {
          name: 'delete-${rule.key}'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${rule.key}/']
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: rule.value
                }
              }
            }
          }
        }
      ]
    }
  }
}

resource roleAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for assignment in assignments: {
    name: guid(account.id, assignment.principalId, names.roles[assignment.role])
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', names.roles[assignment.role])
      principalId: assignment.principalId
      principalType: assignment.principalType
    }
  }
]

resource blobsAreLogged 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in logged: {
        category: category
        enabled: true
      }
    ]
  }
}

resource tablesAreLogged 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: tableService
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in logged: {
        category: category
        enabled: true
      }
    ]
  }
}

resource keep 'Microsoft.Authorization/locks@2020-05-01' = if (lock) {
  name: 'keep'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'Requests that are under way are known here.'
  }
}

output id string = account.id
output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output tableEndpoint string = account.properties.primaryEndpoints.table
