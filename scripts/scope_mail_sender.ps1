<#
.SYNOPSIS
Lets the identity that carries changes out send mail from one mailbox, and from no other.

.DESCRIPTION
Exchange RBAC for Applications gives it the role "Application Mail.Send" with a scope of that one mailbox. What is there
already is left as it is. At the end it is tested that the mailbox is in scope and another one is not.

A scope only narrows what Exchange gives. An application permission Mail.Send that was granted in Entra counts for every
mailbox beside it, and Test-ServicePrincipalAuthorization does not see it: scripts/grant_graph_permissions.sh ends with
status 3 where there is one, and this shows it as well:

    az rest --method get --url "https://graph.microsoft.com/v1.0/servicePrincipals/<ObjectId>/appRoleAssignments" `
        --query "value[?appRoleId=='b633e1c5-b582-4048-a93e-9f11b44c7e96']"

Nothing must be listed. A change takes up to two hours until Graph knows it; the test here knows it at once.

.PARAMETER ClientId
Client id of the identity (azd env get-value CHANGES_CLIENT_ID).

.PARAMETER ObjectId
Object id of the identity (azd env get-value CHANGES_PRINCIPAL_ID).

.PARAMETER Sender
Address of the mailbox that MAIL_SENDER names.

.PARAMETER OtherMailbox
Address of any other mailbox, for the test that it is out of scope.

.EXAMPLE
pwsh scripts/scope_mail_sender.ps1 -ClientId 11111111-... -ObjectId 22222222-... -Sender mfa@contoso.com -OtherMailbox ceo@contoso.com

.NOTES
Needs the module ExchangeOnlineManagement, and the role group Organization Management in Exchange Online.
-WhatIf shows what would be done.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [guid] $ClientId,
    [Parameter(Mandatory)] [guid] $ObjectId,
    [Parameter(Mandatory)] [string] $Sender,
    [Parameter(Mandatory)] [string] $OtherMailbox
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

$Name = 'MFA Phone Change'
# An installation beside this one, or an identity that takes the place of this one, has names of its own.
$ScopeName = "$Name $($Sender.ToLowerInvariant())"
$AssignmentName = "$Name mail $ObjectId"
$Role = 'Application Mail.Send'
$Filter = "PrimarySmtpAddress -eq '$($Sender.Replace("'", "''"))'"

function Test-InScope([string] $Mailbox) {
    $rows = @(Test-ServicePrincipalAuthorization -Identity $ObjectId -Resource $Mailbox |
            Where-Object { $_.RoleName -eq $Role })
    return @($rows | Where-Object { "$($_.InScope)" -eq 'True' }).Count -gt 0
}

if (-not (Get-Command Get-ConnectionInformation -ErrorAction SilentlyContinue)) {
    throw 'The module is not here: Install-Module ExchangeOnlineManagement -Scope CurrentUser'
}
if (-not (Get-ConnectionInformation)) {
    Connect-ExchangeOnline -ShowBanner:$false
}

# A filter that matches nobody, or more than one, must not become a scope.
$found = @(Get-Recipient -RecipientPreviewFilter $Filter)
if ($found.Count -ne 1) {
    throw "$Sender is the primary address of $($found.Count) recipients; it must be that of one."
}

if (-not (Get-ServicePrincipal -Identity $ObjectId -ErrorAction SilentlyContinue)) {
    if ($PSCmdlet.ShouldProcess("$ObjectId", 'make the identity known to Exchange')) {
        New-ServicePrincipal -AppId $ClientId -ObjectId $ObjectId -DisplayName $Name | Out-Null
    }
}

$scope = Get-ManagementScope -Identity $ScopeName -ErrorAction SilentlyContinue
if ($scope -and $scope.RecipientFilter -notmatch [regex]::Escape("'$($Sender.Replace("'", "''"))'")) {
    throw "The scope '$ScopeName' is there and names another mailbox: $($scope.RecipientFilter)"
}
if (-not $scope -and $PSCmdlet.ShouldProcess($ScopeName, "make a scope of $Sender alone")) {
    New-ManagementScope -Name $ScopeName -RecipientRestrictionFilter $Filter | Out-Null
}

if (-not (Get-ManagementRoleAssignment -Identity $AssignmentName -ErrorAction SilentlyContinue)) {
    if ($PSCmdlet.ShouldProcess($AssignmentName, "give the role $Role within the scope")) {
        New-ManagementRoleAssignment -Name $AssignmentName -App $ObjectId -Role $Role -CustomResourceScope $ScopeName | Out-Null
    }
}

if (-not $WhatIfPreference) {
    if (-not (Test-InScope $Sender)) {
        throw "$Sender is not in scope: no mail could be sent."
    }
    if (Test-InScope $OtherMailbox) {
        throw "$OtherMailbox is in scope as well: the identity may send from it. Look for another assignment of $Role."
    }
    "The identity may send from $Sender, and not from $OtherMailbox."
    'Check as well that Entra grants it no Mail.Send: Get-Help scripts/scope_mail_sender.ps1'
}
