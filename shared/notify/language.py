"""The languages that there are templates for."""

from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
DEFAULT_LANGUAGE = "en"
LANGUAGES = tuple(sorted(folder.name for folder in TEMPLATES.iterdir() if folder.is_dir()))


def language_of(preferred: str | None) -> str:
    """Gives the template language for a preferredLanguage such as `de-CH`."""
    language = (preferred or "").partition("-")[0].lower()
    return language if language in LANGUAGES else DEFAULT_LANGUAGE
