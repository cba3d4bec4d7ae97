"""Command-line options that the far ends share."""

import argparse
from urllib.parse import urlsplit

HIGHEST_PORT = 65_535
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def port_number(text: str) -> int:
    """Reads a port; 0 stands for any free one."""
    if not text.isdecimal() or int(text) > HIGHEST_PORT:
        message = f"'{text}' is no port: give a whole number from 0 to {HIGHEST_PORT}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def http_url(text: str) -> str:
    """Reads an address of HTTP; nothing stands for none."""
    parts = urlsplit(text)
    if text and not (parts.scheme in {"http", "https"} and parts.hostname):
        message = f"'{text}' is no address such as http://localhost:4318"
        raise argparse.ArgumentTypeError(message)
    return text


def add_log_level(options: argparse.ArgumentParser) -> None:
    """Adds --log-level."""
    options.add_argument("--log-level", choices=LOG_LEVELS, default="WARNING", type=str.upper)


def add_port(options: argparse.ArgumentParser, default: int) -> None:
    """Adds --port."""
    options.add_argument("--port", type=port_number, default=default, help="0 takes a free one (default %(default)s)")
