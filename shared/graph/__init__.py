"""Microsoft Graph: the directory and the mailbox, through msgraph-sdk's request builders and models."""
