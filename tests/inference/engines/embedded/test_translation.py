"""The translation memory: reading catalogs, matching segments, and refusing what nobody translated yet."""

from __future__ import annotations

import shutil
import struct
import threading
from pathlib import Path

import pytest

from hf_inference.engines.embedded.catalogs import Message, read_catalog, read_mo, read_po, workspace_catalogs
from hf_inference.engines.embedded.language_codes import LanguageTag
from hf_inference.engines.embedded.memory_index import differs_safely, normalised, without_mnemonic
from hf_inference.engines.embedded.translation import TranslationMemory
from hf_inference.engines.engine import Refusal

CATALOGS = Path(__file__).parents[3] / "conformance" / "embedded" / "catalogs"
SPANISH = LanguageTag("es")
ENGLISH = LanguageTag("en")


def compiled(pairs: dict[str, str], order: str = "<") -> bytes:
    """A compiled catalog as msgfmt writes one, by the format's published layout."""
    entries = sorted((source.encode(), translation.encode()) for source, translation in pairs.items())
    tables, strings = b"", b""
    base = 28 + 16 * len(entries)
    for column in (0, 1):
        for entry in entries:
            tables += struct.pack(f"{order}2I", len(entry[column]), base + len(strings))
            strings += entry[column] + b"\0"
    head = struct.pack(f"{order}7I", 0x950412DE, 0, len(entries), 28, 28 + 8 * len(entries), 0, 0)
    return head + tables + strings


HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"


@pytest.fixture
def memory() -> TranslationMemory:
    return TranslationMemory([CATALOGS], roots=())


def test_a_text_catalog_gives_its_finished_messages_only() -> None:
    messages = read_catalog(CATALOGS / "locale" / "es" / "LC_MESSAGES" / "garden.po")
    assert messages == [
        Message("_Plant a tree", "_Plantar un árbol"),
        Message("Water the roses…", "Regar las rosas…"),
        Message(
            "The seedlings could not be moved to the greenhouse.",
            "No se pudieron trasladar los plantones al invernadero.",
        ),
        Message("%d bed is empty", "%d bancal está vacío"),
        Message("%d beds are empty", "%d bancales están vacíos"),
        Message('First line\n\tsecond "line"', "Primera línea\n\tsegunda «línea»"),
        Message("Harvest:", "Cosecha:"),
        Message("No blank line above", "Sin línea en blanco arriba"),
    ]


def test_the_header_decides_charset_and_plural_forms() -> None:
    assert read_catalog(CATALOGS / "po" / "de.po") == [Message("Compost heap for all", "Komposthaufen für alle")]
    assert read_catalog(CATALOGS / "po" / "pl.po") == [Message("%d tree", "%d drzewo"), Message("%d trees", "%d drzew")]


@pytest.mark.parametrize(
    ("written", "translation"),
    [
        (r'"a\tb\"c\\d\101\x42\n"', 'a\tb"c\\dAB\n'),
        ('""\n"one "\n"two"', "one two"),
        ('"x"\n# a comment between\n', "x"),
    ],
)
def test_escapes_and_continued_lines_are_undone(written: str, translation: str) -> None:
    (message,) = read_po(f'msgid "key"\nmsgstr {written}\n'.encode())
    assert message.translation == translation


@pytest.mark.parametrize("header", [HEADER, "Plural-Forms: nplurals=2; plural=(n ** nonsense;\n", "charset=nonsense\n"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_compiled_catalog_of_either_byte_order_is_read(order: str, header: str) -> None:
    content = compiled(
        {"": header, "Tree": "Baum", "menu\x04Open": "Öffnen", "%d day\0%d days": "%d Tag\0%d Tage"}, order
    )
    assert set(read_mo(content)) == {
        Message("Tree", "Baum"),
        Message("Open", "Öffnen"),
        Message("%d day", "%d Tag"),
        Message("%d days", "%d Tage"),
    }


@pytest.mark.parametrize("content", [b"", b"garbage that is long enough to be read", compiled({"a": "b"})[:30]])
def test_a_broken_compiled_catalog_is_an_error_of_its_own(content: bytes) -> None:
    with pytest.raises(ValueError, match="gettext catalog"):
        list(read_mo(content))


def test_catalogs_are_found_by_place_name_and_header(tmp_path: Path) -> None:
    places = {
        "app/locale/fr_CA/LC_MESSAGES/app.po": "fr_CA",
        "po/pt_BR.po": "pt_BR",
        "i18n/app-sv.po": "sv",
        "headed/words.po": "nl",
    }
    for place in [*places, "node_modules/x/da.po", ".hidden/it.po", "unknown/words2.po"]:
        path = tmp_path / place
        path.parent.mkdir(parents=True)
        path.write_text('msgid ""\nmsgstr "Language: nl\\n"\n' if place.startswith("headed") else "", encoding="utf-8")
    (tmp_path / "po/pt_BR.mo").write_bytes(b"")
    found = {
        catalog.path.relative_to(tmp_path).as_posix(): str(catalog.language)
        for catalog in workspace_catalogs([tmp_path])
    }
    assert found == places


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Plant a tree", "Plantar un árbol"),
        ("plant a tree", "plantar un árbol"),
        ("  Plant a\n tree: ", "  Plantar un árbol: "),
        ("Plant a tree…", "Plantar un árbol…"),
        ("Water the roses", "Regar las rosas"),
        ("Water the roses:", "Regar las rosas:"),
        ("Harvest", "Cosecha"),
        ("%d beds are empty", "%d bancales están vacíos"),
        (
            "Plant a tree\n\n- Harvest:\n  2. Water the roses…\n",
            "Plantar un árbol\n\n- Cosecha:\n  2. Regar las rosas…\n",
        ),
        ("# Harvest\n\n---\n42\n", "# Cosecha\n\n---\n42\n"),
        (
            "The seedlings could not be moved to the greenhouse. Harvest",
            "No se pudieron trasladar los plantones al invernadero. Cosecha",
        ),
    ],
)
def test_the_same_words_are_found_and_dressed_like_the_input(
    memory: TranslationMemory, text: str, translation: str
) -> None:
    found = memory.translate(text, SPANISH, None)
    assert found.text == translation
    assert found.note.startswith("memory match 100 %")
    assert found.note.endswith("catalog garden")


@pytest.mark.parametrize(
    "text",
    [
        "The seedlings could not be moved to the greenhose.",
        "The seedling could not be moved to the greenhouse.",
        "Seedlings could not be moved to the greenhouse.",
    ],
)
def test_a_near_match_says_how_near(memory: TranslationMemory, text: str) -> None:
    found = memory.translate(text, SPANISH, ENGLISH)
    assert found.text == "No se pudieron trasladar los plantones al invernadero."
    percent = int(found.note.removeprefix("memory match ").partition(" ")[0])
    assert 90 <= percent < 100


@pytest.mark.parametrize(
    "text",
    [
        "The seedlings could be moved to the greenhouse.",
        "The seedlings could not be moved to the farmhouse.",
        "The seedlings could not be moved to the 2 greenhouses.",
        "No blank lint above us",
        "Old beet",
        "Prune the hedge",
        "Never translated",
    ],
)
def test_what_differs_in_meaning_or_was_never_finished_is_refused(memory: TranslationMemory, text: str) -> None:
    with pytest.raises(Refusal, match="no match") as caught:
        memory.translate(text, SPANISH, ENGLISH)
    assert (caught.value.status, caught.value.error_type) == (422, "no_match")


def test_half_a_text_is_refused_with_the_count(memory: TranslationMemory) -> None:
    with pytest.raises(Refusal, match="holds 2 of the 3 segments"):
        memory.translate("Harvest\nNobody wrote this\nPlant a tree", SPANISH, ENGLISH)


def test_into_english_the_catalog_is_read_backwards(memory: TranslationMemory) -> None:
    assert memory.translate("Cosecha", ENGLISH, SPANISH).text == "Harvest"
    assert memory.translate("plantar un árbol", ENGLISH, SPANISH).text == "plant a tree"


@pytest.mark.parametrize(
    ("target", "source", "error_type"),
    [
        (LanguageTag("de"), LanguageTag("fr"), "unsupported_language"),
        (ENGLISH, None, "unsupported_language"),
        (ENGLISH, ENGLISH, "unsupported_language"),
        (LanguageTag("is"), ENGLISH, "no_match"),
    ],
)
def test_a_pair_the_catalogs_do_not_hold_is_refused(
    memory: TranslationMemory, target: LanguageTag, source: LanguageTag | None, error_type: str
) -> None:
    with pytest.raises(Refusal) as caught:
        memory.translate("Harvest", target, source)
    assert (caught.value.status, caught.value.error_type) == (422, error_type)


def machine(root: Path, catalogs: dict[str, dict[str, str]]) -> Path:
    for place, pairs in catalogs.items():
        language, name = place.split("/")
        folder = root / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.mo").write_bytes(compiled({"": HEADER, **pairs}))
    return root


def test_the_workspace_comes_before_the_machine_and_most_catalogs_before_one(tmp_path: Path) -> None:
    root = machine(
        tmp_path,
        {
            "es/one": {"Harvest": "Vendimia", "Quit": "Salir"},
            "es/two": {"Quit": "Terminar", "Extra": "Más"},
            "es/three": {"Quit": "Terminar", "Something longer": "Algo más largo"},
        },
    )
    memory = TranslationMemory([CATALOGS], roots=[root])
    assert memory.translate("Harvest", SPANISH, None).text == "Cosecha"
    assert memory.translate("Quit", SPANISH, None).text == "Terminar"


def test_the_region_asked_for_comes_first_and_scripts_are_not_mixed(tmp_path: Path) -> None:
    root = machine(
        tmp_path,
        {
            "pt/app": {"File": "Ficheiro"},
            "pt_BR/app": {"File": "Arquivo", "Bus": "Ônibus"},
            "zh_CN/app": {"File": "文件"},
            "zh_TW/app": {"File": "檔案"},
        },
    )
    memory = TranslationMemory(roots=[root])
    found = {
        str(tag): memory.translate("File", tag, None).text
        for tag in (LanguageTag("pt"), LanguageTag("pt", "BR"), LanguageTag("zh"), LanguageTag("zh", "TW"))
    }
    assert found == {"pt": "Ficheiro", "pt_BR": "Arquivo", "zh": "文件", "zh_TW": "檔案"}
    assert memory.translate("Bus", LanguageTag("pt"), None).text == "Ônibus"


def test_a_changed_catalog_is_read_again(tmp_path: Path) -> None:
    shutil.copytree(CATALOGS / "po", tmp_path / "po")
    memory = TranslationMemory([tmp_path], roots=())
    assert memory.translate("%d tree", LanguageTag("pl"), None).text == "%d drzewo"
    path = tmp_path / "po" / "pl.po"
    path.write_text('msgid "%d tree"\nmsgstr "%d drzewo liściaste"\n', encoding="utf-8")
    assert memory.translate("%d tree", LanguageTag("pl"), None).text == "%d drzewo liściaste"


def test_loading_stops_at_its_bounds_and_skips_broken_files(tmp_path: Path) -> None:
    root = machine(tmp_path, {"es/small": {"Tree": "Árbol"}, "es/large": {"Rose": "Rosa", "x": "y" * 5000}})
    (root / "es" / "LC_MESSAGES" / "broken.mo").write_bytes(b"not a catalog")
    bounded = TranslationMemory(roots=[root], limit_bytes=1000)
    assert bounded.translate("Tree", SPANISH, None).text == "Árbol"
    with pytest.raises(Refusal):
        bounded.translate("Rose", SPANISH, None)
    ticks = iter([0.0, 1.0, 2.0, 3.0, 100.0])
    slow = TranslationMemory(roots=[root], limit_seconds=50, clock=lambda: next(ticks))
    assert slow.translate("Tree", SPANISH, None).text == "Árbol"
    with pytest.raises(Refusal):
        slow.translate("Rose", SPANISH, None)


def test_threads_share_one_memory() -> None:
    memory = TranslationMemory([CATALOGS], roots=())
    found: list[str] = []
    near = "The seedling could not be moved to the greenhouse."
    threads = [
        threading.Thread(target=lambda: found.append(memory.translate(near, SPANISH, None).text)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["No se pudieron trasladar los plantones al invernadero."] * 8


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("_File", "File"),
        ("E&xit", "Exit"),
        ("文件(_F)", "文件"),
        ("ファイル (&F)", "ファイル"),
        ("Bread && butter", "Bread && butter"),
        ("set_some_value", "set_some_value"),
        ("Salt & pepper", "Salt & pepper"),
    ],
)
def test_mnemonics_are_told_from_other_marks(text: str, bare: str) -> None:
    assert without_mnemonic(text) == bare


def test_keys_forget_blanks_marks_and_the_first_letter() -> None:
    assert normalised("  _Open\n file…") == normalised("open file:") == "open file"


@pytest.mark.parametrize(
    ("one", "other", "safe"),
    [
        ("open the file", "open file", True),
        ("open the files", "open the file", True),
        ("colour of it", "color of it", True),
        ("open 2 files", "open 3 files", False),
        ("it can not go", "it can now go", False),
        ("delete %s now", "delete %d now", False),
        ("delete user", "delete group", False),
        ("do not delete it", "do delete it", False),
    ],
)
def test_only_spelling_and_articles_may_differ(one: str, other: str, safe: bool) -> None:
    assert differs_safely(one, other) is safe
