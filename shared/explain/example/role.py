"""Directory roles as an example names them: by name, by former name, by template id, or as an object."""

from uuid import UUID

from shared.directory_user import DirectoryRole, Holding
from shared.explain.example.vocabulary import ROLE
from shared.explain.example.words import Words, named, read_words
from shared.policy.builtin_roles import FORMER_NAMES, TEMPLATE_IDS

# By name, former name and template id, lower-cased.
_NAMES = {
    **{name.lower(): name for name in TEMPLATE_IDS},
    **{old.lower(): name for old, name in FORMER_NAMES.items()},
    **{identity: name for name, identity in TEMPLATE_IDS.items()},
}
ROLE_TYPE = "#microsoft.graph.directoryrole"


def read_role(entry: object, holding: Holding, words: Words) -> DirectoryRole | None:
    """Reads one role; a name that no built-in role has is a fault, because policy might know it by its id alone."""
    template_id, name = None, named(entry, "displayName", "name", "id")
    if not isinstance(entry, str):
        role = read_words(entry, f"{words.place}, role", ROLE, words.faults)
        template_id = role.text("roleTemplateId")
    known = _known(template_id or name or "")
    if known is not None:
        return DirectoryRole(known[0], known[1], holding)
    if identity := guid(template_id or name):
        return DirectoryRole(identity, (name if template_id else None) or identity, holding)
    words.fault(f"role {name or '(without a name)'} is no built-in one; give its roleTemplateId and its displayName")
    return None


def _known(text: str) -> tuple[str, str] | None:
    name = _NAMES.get(text.lower())
    return (TEMPLATE_IDS[name], name) if name else None


def guid(text: str | None) -> str | None:
    """Gives an id in its usual form; None where a text is none."""
    try:
        return str(UUID(text)) if text else None
    except ValueError:
        return None
