"""The App Service managed-identity endpoint on one machine: `python -m local.identity`."""
