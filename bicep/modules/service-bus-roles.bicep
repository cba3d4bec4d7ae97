metadata name = 'Rights on Service Bus'
metadata description = 'Who may send to and receive from what, by names.json. Nobody has a role on the namespace but the reader of its metrics.'

import { dutyHolderType, grantType } from '../types.bicep'

@description('Name of the namespace.')
param namespaceName string

@description('Who has which duty.')
param holders dutyHolderType[]

@description('What each duty may do.')
param grants grantType[]

@description('Object id of the identity that reads the namespace\'s metrics.')
param reconcilePrincipalId string

var names = loadJsonContent('../names.json')
var monitoringReader = names.roles['Monitoring Reader']
var held = flatten(map(
  holders,
  holder => map(
    filter(grants, grant => grant.who == holder.who),
    grant => { holder: holder, grant: grant, roleId: names.roles[grant.role] }
  )
))
var onQueues = filter(held, each => each.grant.?queue != null)
var onSubscriptions = filter(held, each => each.grant.?subscription != null)
var onTopics = filter(held, each => each.grant.?topic != null && each.grant.?subscription == null)

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = [
  for each in onQueues: {
    parent: namespace
    name: each.grant.queue!
  }
]

resource topics 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' existing = [
  for each in onTopics: {
    parent: namespace
    name: each.grant.topic!
  }
]

resource topicsOfSubscriptions 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' existing = [
  for each in onSubscriptions: {
    parent: namespace
    name: each.grant.topic!
  }
]

resource subscriptions 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' existing = [
  for (each, position) in onSubscriptions: {
    parent: topicsOfSubscriptions[position]
    name: each.grant.subscription!
  }
]

resource queueRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (each, position) in onQueues: {
    name: guid(queues[position].id, each.holder.principalId, each.roleId)
    scope: queues[position]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', each.roleId)
      principalId: each.holder.principalId
      principalType: each.holder.principalType
      description: each.holder.who
    }
  }
]

resource topicRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (each, position) in onTopics: {
    name: guid(topics[position].id, each.holder.principalId, each.roleId)
    scope: topics[position]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', each.roleId)
      principalId: each.holder.principalId
      principalType: each.holder.principalType
      description: each.holder.who
    }
  }
]

resource subscriptionRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (each, position) in onSubscriptions: {
    name: guid(subscriptions[position].id, each.holder.principalId, each.roleId)
    scope: subscriptions[position]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', each.roleId)
      principalId: each.holder.principalId
      principalType: each.holder.principalType
      description: each.holder.who
    }
  }
]

// The counts of messages are metrics of the namespace; the role reads no message.
resource mayReadMetrics 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace.id, reconcilePrincipalId, monitoringReader)
  scope: namespace
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringReader)
    principalId: reconcilePrincipalId
    principalType: 'ServicePrincipal'
  }
}
