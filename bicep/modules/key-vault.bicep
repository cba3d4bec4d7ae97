metadata name = 'Key Vault'
metadata description = 'The key that wraps the keys of previous numbers, and the place of the key of the number hashes, which an operator puts there.'

import { assignmentType } from '../types.bicep'

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Name of the vault.')
@minLength(3)
@maxLength(24)
param name string

@description('Object id of the identity that wraps and unwraps.')
param changesPrincipalId string

@description('Object id of the identity that the app\'s references to the vault are read with.')
param hostPrincipalId string

@description('Who may put the key of the number hashes there. They can read it: keep it to a few, and for a while.')
param keyOfficers assignmentType[]

@description('Log Analytics workspace for the log of every use.')
param workspaceId string

@description('Whether it is reached through private endpoints only.')
param isPrivate bool

@description('Whether the vault is kept from being deleted.')
param lock bool

@description('Whether a vault of this name that was deleted is taken back, with its keys and secrets.')
param recover bool

var names = loadJsonContent('../names.json')
var encryptionUser = names.roles['Key Vault Crypto Service Encryption User']
var secretsUser = names.roles['Key Vault Secrets User']

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    createMode: recover ? 'recover' : 'default'
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

// A new version every year. Rows name the version that wrapped them, so that the older ones go on unwrapping; none
// expires, because a newest version that had expired would stop every change whose previous number must be kept.
// A key that exists already is left as it is: a later change of this policy is made in the vault.
resource undoKey 'Microsoft.KeyVault/vaults/keys@2024-11-01' = {
  parent: vault
  name: names.keyVault.undoKey
  tags: tags
  properties: {
    kty: 'RSA'
    keySize: 3072
    keyOps: ['wrapKey', 'unwrapKey']
    attributes: {
      enabled: true
      exportable: false
    }
    rotationPolicy: {
      lifetimeActions: [
        {
          trigger: {
            timeAfterCreate: 'P1Y'
          }
          action: {
            type: 'rotate'
          }
        }
      ]
    }
  }
}

resource mayWrap 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(undoKey.id, changesPrincipalId, encryptionUser)
  scope: undoKey
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', encryptionUser)
    principalId: changesPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// On the vault and not on the secret, which does not exist yet; there are no other secrets in it.
resource mayReadReferences 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, hostPrincipalId, secretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
    principalId: hostPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource mayPutKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for officer in keyOfficers: {
    name: guid(vault.id, officer.principalId, names.roles[officer.role])
    scope: vault
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', names.roles[officer.role])
      principalId: officer.principalId
      principalType: officer.principalType
    }
  }
]

resource usesAreLogged 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
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

resource keep 'Microsoft.Authorization/locks@2020-05-01' = if (lock) {
  name: 'keep'
  scope: vault
  properties: {
    level: 'CanNotDelete'
    notes: 'Without the key no change can be undone.'
  }
}

output id string = vault.id
output name string = vault.name

@description('Such as https://contoso.vault.azure.net, with a slash at the end.')
output uri string = vault.properties.vaultUri

@description('The key without a version, as UNDO_KEY_ID takes it.')
output undoKeyId string = '${vault.properties.vaultUri}keys/${undoKey.name}'
