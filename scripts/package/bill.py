"""The bill of materials, CycloneDX 1.6: what of other people is in the package, under which licence."""

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

# Any constant: the serial number is to follow from the package alone.
_SPACE: Final = UUID("5f0c1c9e-6d0f-5b1a-9c61-2a1f4f5d7c10")
_VERSION: Final = SchemaVersion.V1_6


class BadBillError(Exception):
    """The bill does not fit CycloneDX's own schema."""


def write_bill(site_packages: Path, name: str, version: str, digest: str, target: Path) -> int:
    """Writes the bill of a package with that SHA-256, and gives the number of components. Raises BadBillError."""
    product = Component(
        name=name, version=version, type=ComponentType.APPLICATION, bom_ref=name, hashes=[_hash(digest)]
    )
    components = list(_components(site_packages))
    bom = Bom(
        components=components,
        metadata=BomMetaData(component=product),
        serial_number=uuid5(_SPACE, digest),
    )
    # It would be the time of the build.
    bom.metadata.timestamp = None  # type: ignore[assignment]
    bom.register_dependency(product, components)
    text = make_outputter(bom, OutputFormat.JSON, _VERSION).output_as_string(indent=2)
    if fault := JsonStrictValidator(_VERSION).validate_str(text):
        raise BadBillError(str(fault))
    target.write_text(text + "\n", encoding="utf-8")
    return len(components)


def _components(site_packages: Path) -> Iterator[Component]:
    for file in sorted(site_packages.glob("*.dist-info/METADATA")):
        told = BytesParser().parsebytes(file.read_bytes(), headersonly=True)
        name, version = _normal(str(told["Name"])), str(told["Version"])
        purl = PackageURL("pypi", name=name, version=version)
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=str(purl),
            purl=purl,
            licenses=[LicenseFactory().make_from_string(licence)] if (licence := _licence(told)) else [],
        )


def _licence(told: Message) -> str:
    """Gives what a distribution says of its licence: the expression of today, else the short text of old."""
    expression, text = str(told["License-Expression"] or ""), str(told["License"] or "")
    classified = [line.rpartition("::")[2].strip() for line in told.get_all("Classifier", ()) if "License ::" in line]
    return expression or (text if text and "\n" not in text else "") or " OR ".join(classified[:1])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _hash(digest: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=digest)
