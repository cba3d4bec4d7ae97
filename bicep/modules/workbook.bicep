metadata name = 'Workbook'
metadata description = 'The workbook of bicep/workbook.json, with the ids of this deployment put in.'

@description('Region of the workbook.')
param location string = resourceGroup().location

@description('Tags of the workbook.')
param tags object = {}

@description('What people see in the list of workbooks.')
param displayName string = 'MFA Phone Change'

@description('Log Analytics workspace that holds the telemetry.')
param workspaceId string

@description('Service Bus namespace.')
param serviceBusId string

@description('Function app.')
param functionAppId string

var content = replace(
  replace(
    replace(
      replace(loadTextContent('../workbook.json'), 'WORKSPACE_RESOURCE_ID', workspaceId),
      'SERVICE_BUS_RESOURCE_ID',
      serviceBusId
    ),
    'FUNCTION_APP_RESOURCE_ID',
    functionAppId
  ),
  'RESOURCE_GROUP_RESOURCE_ID',
  resourceGroup().id
)

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'mfa-phone-change-workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: displayName
    category: 'workbook'
    sourceId: workspaceId
    version: 'Notebook/1.0'
    serializedData: content
  }
}

@description('The workbook.')
output workbookId string = workbook.id
