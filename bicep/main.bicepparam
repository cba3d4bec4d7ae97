// What an installation is told, from the environment: `azd env set NAME value`, or variables of the pipeline.
// Lists are JSON, such as [{"system":"hr","principalId":"<object id>","principalType":"ServicePrincipal"}].
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param resourceGroupName = readEnvironmentVariable('RESOURCE_GROUP_NAME', '')
param mailSender = readEnvironmentVariable('MAIL_SENDER')

param producers = json(readEnvironmentVariable('PRODUCERS', '[]'))
param approvers = json(readEnvironmentVariable('APPROVERS', '[]'))
param replayers = json(readEnvironmentVariable('REPLAYERS', '[]'))
param operators = json(readEnvironmentVariable('OPERATORS', '[]'))
param subscribers = json(readEnvironmentVariable('SUBSCRIBERS', '[]'))
param keyOfficers = json(readEnvironmentVariable('KEY_OFFICERS', '[]'))

param privateNetwork = bool(readEnvironmentVariable('PRIVATE_NETWORK', 'false'))
param protectFromDeletion = bool(readEnvironmentVariable('PROTECT_FROM_DELETION', 'true'))
param exportActivityLog = bool(readEnvironmentVariable('EXPORT_ACTIVITY_LOG', 'true'))
param hasDirectoryLogs = bool(readEnvironmentVariable('HAS_DIRECTORY_LOGS', 'false'))
param recoverVault = bool(readEnvironmentVariable('RECOVER_VAULT', 'false'))
param hasPreviousNumberKeys = bool(readEnvironmentVariable('HAS_PREVIOUS_NUMBER_KEYS', 'false'))
param sequenceEpoch = int(readEnvironmentVariable('SEQUENCE_EPOCH', '0'))
param tuning = json(readEnvironmentVariable('TUNING', '{}'))

param runbookBaseUrl = readEnvironmentVariable('RUNBOOK_BASE_URL', 'docs/runbooks')
param alertEmails = json(readEnvironmentVariable('ALERT_EMAILS', '[]'))
param pipelinePrincipalIds = json(readEnvironmentVariable('PIPELINE_PRINCIPAL_IDS', '[]'))
