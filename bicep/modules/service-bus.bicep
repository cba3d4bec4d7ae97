metadata name = 'Service Bus'
metadata description = 'The namespace with the queues, topics, subscriptions and rules of service-bus.json, every setting said explicitly.'

import { queueType, topicType } from '../types.bicep'

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Name of the namespace.')
@minLength(6)
@maxLength(50)
param name string

@description('Whether it is reached through private endpoints only, which takes the Premium tier.')
param isPrivate bool

@description('Messaging units of the Premium tier.')
param messagingUnits 1 | 2 | 4 | 8 | 16

@description('Queues.')
param queues queueType[]

@description('Topics with their subscriptions and rules.')
param topics topicType[]

@description('Log Analytics workspace for the log of operations.')
param workspaceId string

@description('Whether the namespace is kept from being deleted.')
param lock bool

// Service Bus has this as its default; entities without duplicate detection have no use for it.
var noWindow = 'PT10M'
var subscriptions = flatten(map(
  range(0, length(topics)),
  position => map(topics[position].subscriptions, entry => { topicPosition: position, entry: entry })
))
var rules = flatten(map(
  range(0, length(subscriptions)),
  position => map(subscriptions[position].entry.rules, entry => { subscriptionPosition: position, entry: entry })
))

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: isPrivate
    ? {
        name: 'Premium'
        tier: 'Premium'
        capacity: messagingUnits
      }
    : {
        name: 'Standard'
        tier: 'Standard'
      }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  }
}

resource queueEntities 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for queue in queues: {
    parent: namespace
    name: queue.name
    properties: {
      requiresSession: queue.properties.requiresSession
      lockDuration: queue.properties.lockDuration
      maxDeliveryCount: queue.properties.maxDeliveryCount
      defaultMessageTimeToLive: queue.properties.defaultMessageTimeToLive
      deadLetteringOnMessageExpiration: queue.properties.deadLetteringOnMessageExpiration
      requiresDuplicateDetection: queue.properties.requiresDuplicateDetection
      duplicateDetectionHistoryTimeWindow: queue.properties.?duplicateDetectionHistoryTimeWindow ?? noWindow
      maxSizeInMegabytes: queue.properties.maxSizeInMegabytes
      forwardTo: queue.properties.?forwardTo
      enablePartitioning: queue.properties.enablePartitioning
      enableBatchedOperations: queue.properties.enableBatchedOperations
      forwardDeadLetteredMessagesTo: queue.properties.?forwardDeadLetteredMessagesTo
    }
  }
]

resource topicEntities 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = [
  for topic in topics: {
    parent: namespace
    name: topic.name
    properties: {
      defaultMessageTimeToLive: topic.properties.defaultMessageTimeToLive
      requiresDuplicateDetection: topic.properties.requiresDuplicateDetection
      duplicateDetectionHistoryTimeWindow: topic.properties.?duplicateDetectionHistoryTimeWindow ?? noWindow
      maxSizeInMegabytes: topic.properties.maxSizeInMegabytes
      enablePartitioning: topic.properties.enablePartitioning
      enableBatchedOperations: topic.properties.enableBatchedOperations
    }
  }
]

// Forwarding needs its target.
resource subscriptionEntities 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = [
  for subscription in subscriptions: {
    parent: topicEntities[subscription.topicPosition]
    name: subscription.entry.name
    properties: {
      requiresSession: subscription.entry.properties.requiresSession
      lockDuration: subscription.entry.properties.lockDuration
      maxDeliveryCount: subscription.entry.properties.maxDeliveryCount
      defaultMessageTimeToLive: subscription.entry.properties.defaultMessageTimeToLive
      deadLetteringOnMessageExpiration: subscription.entry.properties.deadLetteringOnMessageExpiration
      deadLetteringOnFilterEvaluationExceptions: subscription.entry.properties.deadLetteringOnFilterEvaluationExceptions
      forwardTo: subscription.entry.properties.?forwardTo
      forwardDeadLetteredMessagesTo: subscription.entry.properties.?forwardDeadLetteredMessagesTo
      enableBatchedOperations: subscription.entry.properties.enableBatchedOperations
    }
    dependsOn: [queueEntities]
  }
]

// Service Bus makes a rule of this name that lets everything through with every subscription. Where it goes when others
// come, nothing is lost by this one; where it stays, it must not match.
resource noDefaultRules 'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules@2024-01-01' = [
  for (subscription, position) in subscriptions: {
    parent: subscriptionEntities[position]
    name: '$Default'
    properties: {
      filterType: 'SqlFilter'
      sqlFilter: {
        sqlExpression: '1=0'
      }
    }
  }
]

@batchSize(1)
resource ruleEntities 'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules@2024-01-01' = [
  for rule in rules: {
    parent: subscriptionEntities[rule.subscriptionPosition]
    name: rule.entry.name
    properties: {
      filterType: rule.entry.properties.filterType
      correlationFilter: rule.entry.properties.?correlationFilter
      sqlFilter: rule.entry.properties.?sqlFilter
    }
    dependsOn: [noDefaultRules]
  }
]

resource operationsAreLogged 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: namespace
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
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
  scope: namespace
  properties: {
    level: 'CanNotDelete'
    notes: 'Requests wait here. A queue that is created anew loses their order as well.'
  }
}

output id string = namespace.id
output name string = namespace.name
