metadata name = 'Private endpoint'
metadata description = 'One private endpoint, with its name in the private DNS zone.'

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Name of the endpoint.')
param name string

@description('Subnet that it is in.')
param subnetId string

@description('Resource that it leads to.')
param targetId string

@description('Part of the resource that it leads to.')
param groupId 'blob' | 'namespace' | 'table' | 'vault'

@description('Name of its private DNS zone.')
param zoneName string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
  name: zoneName
}

resource endpoint 'Microsoft.Network/privateEndpoints@2025-09-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: name
        properties: {
          privateLinkServiceId: targetId
          groupIds: [groupId]
        }
      }
    ]
  }
}

resource nameInZone 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-09-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: groupId
        properties: {
          privateDnsZoneId: zone.id
        }
      }
    ]
  }
}

output id string = endpoint.id
