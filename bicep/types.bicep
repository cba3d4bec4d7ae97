metadata name = 'Types'
metadata description = 'What the modules are told, by name.'

@export()
@description('A person, a group or a system outside of this deployment that is given a right.')
type principalType = {
  @description('What it is called in the request\'s requestedBy, or who it is. For people to read.')
  system: string
  @description('Object id in Entra. Of an application: that of its service principal, not that of its registration.')
  principalId: string
  principalType: 'Group' | 'ServicePrincipal' | 'User'
}

@export()
@description('One of those above, with the duty that names.json gives rights to.')
type dutyHolderType = {
  who: 'approvers' | 'changes' | 'operators' | 'producers' | 'replayers' | 'subscribers'
  principalId: string
  principalType: 'Group' | 'ServicePrincipal' | 'User'
}

@export()
@description('One line of names.json: who may do what on which queue, topic or subscription.')
type grantType = {
  who: string
  role: string
  queue: string?
  topic: string?
  subscription: string?
}

@export()
@description('A role for somebody on the resource that the module deploys.')
type assignmentType = {
  @description('Name of the role, as in names.json.')
  role: string
  principalId: string
  principalType: 'Group' | 'ServicePrincipal' | 'User'
}

@export()
@description('A queue of service-bus.json.')
type queueType = {
  name: string
  properties: {
    requiresSession: bool
    lockDuration: string
    maxDeliveryCount: int
    defaultMessageTimeToLive: string
    deadLetteringOnMessageExpiration: bool
    requiresDuplicateDetection: bool
    duplicateDetectionHistoryTimeWindow: string?
    maxSizeInMegabytes: int
    enablePartitioning: bool
    enableBatchedOperations: bool
    forwardTo: string?
    forwardDeadLetteredMessagesTo: string?
  }
}

@export()
@description('A rule of a subscription of service-bus.json.')
type ruleType = {
  name: string
  properties: {
    filterType: 'CorrelationFilter' | 'SqlFilter'
    correlationFilter: {
      properties: object
    }?
    sqlFilter: {
      sqlExpression: string
    }?
  }
}

@export()
@description('A subscription of service-bus.json.')
type subscriptionType = {
  name: string
  properties: {
    requiresSession: bool
    lockDuration: string
    maxDeliveryCount: int
    defaultMessageTimeToLive: string
    deadLetteringOnMessageExpiration: bool
    deadLetteringOnFilterEvaluationExceptions: bool
    enableBatchedOperations: bool
    forwardTo: string?
    forwardDeadLetteredMessagesTo: string?
  }
  rules: ruleType[]
}

@export()
@description('A topic of service-bus.json.')
type topicType = {
  name: string
  properties: {
    defaultMessageTimeToLive: string
    requiresDuplicateDetection: bool
    duplicateDetectionHistoryTimeWindow: string?
    maxSizeInMegabytes: int
    enablePartitioning: bool
    enableBatchedOperations: bool
  }
  subscriptions: subscriptionType[]
}

@export()
@description('An identity of the app.')
type identityType = {
  id: string
  clientId: string
  principalId: string
}

@export()
@description('What the app is called by, entity by entity.')
type entityNamesType = {
  requestQueue: string
  parkedQueue: string
  approvalQueue: string
  sweepQueue: string
  eventTopic: string
  notificationSubscription: string
}

@export()
@description('Instances that are always there: of one function or of a group of functions.')
type alwaysReadyType = {
  @description('Such as function:process_change.')
  name: string
  @minValue(1)
  instanceCount: int
}

@export()
@sealed()
@description('When the timers run: NCRONTAB with six fields, in UTC. The triggers read these, so that each must be there.')
type schedulesType = {
  OUTBOX_SCHEDULE: string
  PURGE_SCHEDULE: string
  EXCEPTION_SCHEDULE: string
  SWEEP_SCHEDULE: string
  SWEEP_RESUME_SCHEDULE: string
  RECONCILE_SCHEDULE: string
}

@export()
@sealed()
@description('Settings that have a default in the app and are set only where it does not do.')
type tuningType = {
  POLICY_PATH: string?
  EVENT_SOURCE: string?
  GRAPH_TIMEOUT_SECONDS: int?
  GRAPH_CONCURRENCY: int?
  SWEEP_REPORT_CALLS_PER_10_S: int?
  SWEEP_READS_PER_10_S: int?
  SWEEP_CONCURRENCY: int?
  IN_PLACE_WAIT_SECONDS: int?
  PROCESS_BUDGET_SECONDS: int?
  READ_BACK_SECONDS: int?
  LEDGER_RETENTION_DAYS: int?
}
