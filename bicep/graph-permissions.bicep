metadata name = 'Graph permissions'
metadata description = 'Grants the app\'s identities their application permissions in Microsoft Graph, by names.json. For somebody who may grant them: docs/permissions.md.'

extension microsoftGraphV1

@description('Object id of the identity that carries changes out.')
param changesPrincipalId string

@description('Object id of the identity that sweeps.')
param sweepPrincipalId string

@description('Whether the sweep may read when people leave.')
param withLeaverDates bool = false

var names = loadJsonContent('names.json')
var wanted = concat(
  map(names.graph.grants.changes, permission => { principalId: changesPrincipalId, permission: permission }),
  map(
    concat(names.graph.grants.sweep, withLeaverDates ? names.graph.grants.sweepOptional : []),
    permission => { principalId: sweepPrincipalId, permission: permission }
  )
)

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: names.graph.appId
}

resource grants 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for grant in wanted: {
    appRoleId: names.graph.appRoles[grant.permission]
    principalId: grant.principalId
    resourceId: graph.id
  }
]

@description('What was granted, for whoever keeps the record of it.')
output granted array = wanted
