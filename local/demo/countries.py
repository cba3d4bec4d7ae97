"""Where the demo's company has offices."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """One country: ISO region, locale of its people's names, their language, the office's city, its share of people."""

    region: str
    locale: str
    language: str
    city: str
    weight: int


COUNTRIES = (
    Country("DE", "de_DE", "de-DE", "Munich", 6),
    Country("US", "en_US", "en-US", "Chicago", 6),
    Country("GB", "en_GB", "en-GB", "Leeds", 4),
    Country("FR", "fr_FR", "fr-FR", "Lyon", 3),
    Country("IT", "it_IT", "it-IT", "Turin", 3),
    Country("ES", "es_ES", "es-ES", "Valencia", 2),
    Country("NL", "nl_NL", "nl-NL", "Utrecht", 2),
    Country("PL", "pl_PL", "pl-PL", "Gdansk", 2),
    Country("SE", "sv_SE", "sv-SE", "Malmo", 2),
    Country("AT", "de_AT", "de-AT", "Graz", 2),
    Country("CH", "de_CH", "de-CH", "Basel", 2),
    Country("BR", "pt_BR", "pt-BR", "Curitiba", 2),
    Country("JP", "ja_JP", "ja-JP", "Nagoya", 2),
    Country("IN", "en_IN", "en-IN", "Pune", 3),
)
