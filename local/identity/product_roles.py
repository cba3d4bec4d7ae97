"""What the product's identities are granted together: on one machine, one identity changes and sweeps."""

from shared.graph.permissions import ENDPOINTS, Identity, permissions_of

PRODUCT_ROLES = tuple(
    sorted(
        {
            *permissions_of(Identity.CHANGES),
            *permissions_of(Identity.SWEEP),
            *(name for endpoint in ENDPOINTS for name in endpoint.optional_permissions),
        }
    )
)
