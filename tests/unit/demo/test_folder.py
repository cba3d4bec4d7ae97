"""The demo clears its own files and nobody else's."""

from pathlib import Path

import pytest

from local.demo import folder as folder_module
from local.demo.folder import MARKER, DemoFolder
from local.serving import CannotStartError


def run(path: Path, *given: Path) -> DemoFolder:
    """Does what a run does: clears the folder and writes into it."""
    folder = DemoFolder(path, given)
    with folder.cleared():
        named = (folder.feed, folder.tenant, folder.tenant_after, folder.events, folder.outcomes, folder.left_out)
        for file in (*named, folder.policy):
            assert not file.exists()
            file.write_text("the demo's", encoding="utf-8")
        keys = (path / "keys" / "identity.key", path / "keys" / "undo.key")
        for file in (folder.logs / "host.log", folder.mail / "0001.eml", *keys):
            file.parent.mkdir(exist_ok=True)
            assert not file.exists()
            file.write_text("the demo's", encoding="utf-8")
    return folder


def somebodys(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("somebody's", encoding="utf-8")
    return path


def is_whole(path: Path) -> bool:
    return path.read_text(encoding="utf-8") == "somebody's"


@pytest.mark.parametrize("name", ["thesis.txt", "feed.csv", "mail/letter.eml", "logs/a.log", ".hidden", "a/b/c"])
def test_a_folder_that_holds_somebodys_files_is_refused_and_untouched(tmp_path: Path, name: str) -> None:
    file = somebodys(tmp_path / name)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(CannotStartError, match="holds files that no demo wrote: name an empty or a new one"):
        run(tmp_path)
    assert is_whole(file)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_new_folder_an_empty_one_and_the_demos_own_are_taken(tmp_path: Path) -> None:
    for path in (tmp_path / "new" / "one", tmp_path / "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        run(path)
        run(path)
        assert (path / MARKER).exists()


def test_what_somebody_put_among_the_demos_files_stays(tmp_path: Path) -> None:
    run(tmp_path / "out")
    files = [somebodys(tmp_path / "out" / name) for name in ("notes.txt", "mail/kept.txt", "logs/old/host.log")]
    run(tmp_path / "out")
    assert all(map(is_whole, files))


@pytest.mark.parametrize(
    "name", ["feed.csv", "tenant.json", "tenant-after.json", "events.jsonl", "in/feed.csv", "p.json"]
)
@pytest.mark.parametrize("first", [True, False])
def test_a_file_that_was_given_stays_as_it_is_wherever_it_lies(tmp_path: Path, name: str, *, first: bool) -> None:
    """So that `--feed .local/demo/feed.csv` works, and works again."""
    if not first:
        run(tmp_path)
    given = somebodys(tmp_path / name)
    for _ in range(2):
        folder = run(tmp_path, given)
        assert is_whole(given)
        assert given not in {folder.feed, folder.tenant, folder.tenant_after, folder.events}


def test_a_given_file_is_known_by_any_of_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path / "out")
    given = somebodys(tmp_path / "out" / "tenant.json")
    (tmp_path / "link.json").symlink_to(given)
    run(tmp_path / "out", tmp_path / "link.json")
    monkeypatch.chdir(tmp_path / "out")
    run(tmp_path / "out", Path("tenant.json"))
    assert is_whole(given)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    run(tmp_path / "out")
    letter = somebodys(tmp_path / "letters" / "a.eml")
    (tmp_path / "out" / "mail" / "0001.eml").unlink()
    (tmp_path / "out" / "mail").rmdir()
    (tmp_path / "out" / "mail").symlink_to(letter.parent)
    with pytest.raises(CannotStartError, match="leads to another place"):
        run(tmp_path / "out")
    assert is_whole(letter)


def test_two_demos_in_one_folder_are_one_too_many(tmp_path: Path) -> None:
    with DemoFolder(tmp_path, ()).cleared(), pytest.raises(CannotStartError, match="Another demo is running in"):
        run(tmp_path)
    run(tmp_path)


def test_a_place_where_no_folder_can_be_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = somebodys(tmp_path / "file")
    with pytest.raises(CannotStartError, match="is a file: name a folder"):
        run(file)
    with pytest.raises(CannotStartError, match=r"The demo cannot write into .*: Not a directory"):
        run(file / "below")
    assert is_whole(file)


def test_the_projects_own_folder_needs_no_marker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Earlier versions set none; even there nothing goes but what a demo writes."""
    monkeypatch.setattr(folder_module, "DEFAULT_FOLDER", tmp_path)
    (tmp_path / "feed.csv").write_text("an earlier demo's", encoding="utf-8")
    notes = somebodys(tmp_path / "notes.txt")
    run(tmp_path)
    assert is_whole(notes)
