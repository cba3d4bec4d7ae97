metadata name = 'Identities'
metadata description = 'One user-assigned identity for each duty of the app, so that each has no more rights than its duty needs.'

import { identityType } from '../types.bicep'

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('What the names begin with, without a hyphen at the end.')
param prefix string

@description('What the names end with.')
param token string

var duties = ['host', 'changes', 'sweep', 'reconcile']

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [
  for duty in duties: {
    name: '${prefix}-${duty}-${token}'
    location: location
    tags: union(tags, { duty: duty })
  }
]

@description('The Functions host: its storage, its package, telemetry, and the reference to the key of the number hashes.')
output host identityType = {
  id: identities[0].id
  clientId: identities[0].properties.clientId
  principalId: identities[0].properties.principalId
}

@description('Carries changes out: Service Bus, state, the key for undo, and Graph with the write permission. Tier 0.')
output changes identityType = {
  id: identities[1].id
  clientId: identities[1].properties.clientId
  principalId: identities[1].properties.principalId
}

@description('Sweeps: only reads in Graph, and has no role in Azure.')
output sweep identityType = {
  id: identities[2].id
  clientId: identities[2].properties.clientId
  principalId: identities[2].properties.principalId
}

@description('Compares the namespace\'s metrics with what the app saw; reads the namespace\'s settings, and no message.')
output reconcile identityType = {
  id: identities[3].id
  clientId: identities[3].properties.clientId
  principalId: identities[3].properties.principalId
}
