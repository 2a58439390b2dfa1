"""Tests of ingestion of text files: delimiters, quotes, encodings and invalid files."""

import bz2
import gzip
import io
import lzma
import os
import zipfile

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium_ml.readers._dialect import find_dialect
from tests.unit.ingestion.ingesting import Ingest, Write

TABLE = "name,n\nAnn,1\nBob,2\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_inferred(ingest: Ingest, write: Write, delimiter: str) -> None:
    text = TABLE.replace(",", delimiter)
    assert ingest.types(write("a.csv", text)) == {"name": "string", "n": "int64"}
    assert ingest(write("a.csv", text)).details["delimiter"] == delimiter


def test_delimiter_inside_quotes_is_ignored(ingest: Ingest, write: Write) -> None:
    frame = ingest.frame(write("a.csv", 'x;y\n"a,b,c";1\n"d,e,f";2\n'))
    assert frame["x"].tolist() == ["a,b,c", "d,e,f"]


@pytest.mark.parametrize("given", ["\t", "\\t", "tab"])
def test_delimiter_given_by_name(ingest: Ingest, write: Write, given: str) -> None:
    assert list(ingest.frame(write("a.csv", "a\tb\n1\t2\n"), delimiter=given)) == ["a", "b"]


def test_single_column_needs_no_delimiter(ingest: Ingest, write: Write) -> None:
    assert ingest.frame(write("a.csv", "word\nx\ny\n"))["word"].tolist() == ["x", "y"]


def test_error_for_wrong_delimiter_names_right_one(ingest: Ingest, write: Write) -> None:
    error = ingest.refusal(write("a.csv", TABLE), delimiter=";")
    assert "only one column" in error.message
    assert "comma (,)" in error.hint


@pytest.mark.parametrize("given", ["||", "§", '"'])
def test_invalid_delimiter(ingest: Ingest, write: Write, given: str) -> None:
    assert "delimiter" in ingest.refusal(write("a.csv", TABLE), delimiter=given).message


def test_delimiter_inside_quotes_of_every_row_is_ignored(ingest: Ingest, write: Write) -> None:
    path = write("a.csv", 't,a b,"c,d",y\n1,"x, y",u,3\n2,"x, y",u,4\n3,z,"y, u",5\n')
    table = ingest.frame(path)
    assert list(table) == ["t", "a b", "c,d", "y"]
    assert table["a b"].tolist() == ["x, y", "x, y", "z"]


def test_single_quotes(ingest: Ingest, write: Write) -> None:
    frame = ingest.frame(write("a.csv", "'a','b'\n'x, y','1'\n'z','2'\n"))
    assert frame["a"].tolist() == ["x, y", "z"]
    assert frame["b"].tolist() == [1, 2]


def test_apostrophes_are_not_quotes(ingest: Ingest, write: Write) -> None:
    frame = ingest.frame(write("a.csv", "a,b\n'tis,1\nit's,2\n"))
    assert frame["a"].tolist() == ["'tis", "it's"]


def test_escaped_quotes(ingest: Ingest, write: Write) -> None:
    frame = ingest.frame(write("a.csv", 'a,b\n"say \\"hi\\", twice",1\n"z",2\n'))
    assert frame["a"].tolist() == ['say "hi", twice', "z"]


def test_stray_quote_at_start_of_field(ingest: Ingest, write: Write) -> None:
    rows = "".join(f"{n}\tx\n" for n in range(50))
    frame = ingest.frame(write("a.tsv", f'a\tb\n{rows}"open\tx\n{rows}'))
    assert len(frame) == 101
    assert frame["a"][50] == '"open'


def test_inch_marks_are_not_quotes(ingest: Ingest, write: Write) -> None:
    assert ingest.frame(write("a.csv", 'a,b\n5" pipe,1\n6" pipe,2\n'))["a"].tolist() == ['5" pipe', '6" pipe']


def test_line_breaks_inside_quotes(ingest: Ingest, write: Write) -> None:
    assert ingest.frame(write("a.csv", 'a,b\n1,"x\ny"\n'))["b"].tolist() == ["x\ny"]


def test_delimiter_declared_by_excel(ingest: Ingest, write: Write) -> None:
    frame = ingest.frame(write("a.csv", "sep=;\r\na;b\r\n1,5;2\r\n"))
    assert frame.to_dict("list") == {"a": [1.5], "b": [2]}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_endings(ingest: Ingest, write: Write, end: str) -> None:
    assert len(ingest.frame(write("a.csv", TABLE.replace("\n", end)))) == 2


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Müller,Łódź,東京"),
        ("utf-8-sig", "Müller,Łódź,東京"),
        ("utf-16", "Müller,Łódź,東京"),
        ("utf-16-le", "Mueller,Lodz,x"),
        ("utf-16-be", "Mueller,Lodz,x"),
        ("utf-32", "Müller,Łódź,東京"),
        ("latin-1", "Müller,São Paulo,Fuß"),
        ("cp1252", "Müller,5 €,“quoted”"),
        ("cp1251", "Иван,Москва,Россия"),
        ("koi8-r", "Иван,Москва,Россия"),
        ("cp932", "太郎さん,東京タワー,データ"),
        ("gb18030", "小明,北京市,上海"),
        ("mac-roman", "Müller,Zürich,façade"),
    ],
)
def test_encoding_is_inferred(ingest: Ingest, write: Write, encoding: str, text: str) -> None:
    header = "größe,b,c" if encoding in ("utf-8-sig", "latin-1", "cp1252") else "a,b,c"
    content = header + "\n" + f"{text}\n" * 30
    frame = ingest.frame(write("a.csv", content.encode(encoding)))
    assert list(frame.columns) == header.split(",")
    assert frame.iloc[0].tolist() == text.split(",")


WORDS = {
    "Łódź Kraków źródło mężczyzna żółty": ("cp1250", "iso8859_2", "cp852"),
    "České Budějovice kůň množství žena špatný": ("cp1250", "iso8859_2"),
    "Győr Székesfehérvár nő bőrönd tűz": ("cp1250", "iso8859_2"),
    "İstanbul Eskişehir kadın güzel ağaç": ("cp1254", "iso8859_9"),
    "Москва Ольга Новосибирск высшее плохо": ("cp1251", "koi8_r", "cp866", "mac_cyrillic"),
    "Київ Олена місто кількість їжак": ("cp1251", "koi8_u"),
    "Αθήνα Γιώργος τιμή ποσότητα πελάτης": ("cp1253", "iso8859_7"),
    "Zürich größe männlich Straße Bücher": ("cp1252", "latin-1", "mac_roman", "cp850"),
    "façade été Hélène garçon forêt": ("cp1252", "latin-1", "iso8859_15"),
    "año España Córdoba corazón niño": ("cp1252", "latin-1", "mac_roman"),
    "João coração maçã água Goiânia": ("cp1252", "latin-1", "mac_roman"),
    "北京市 价格便宜 质量不错 服务态度差 推荐购买": ("gb18030", "gbk"),
    "臺中 價格 質量不錯 非常好 推薦購買": ("big5",),
    "東京 価格 とても良い データ 値段が高い": ("cp932", "euc_jp"),
    "서울 가격 불만족 추천합니다 고객": ("cp949",),
    "תל אביב ירושלים מחיר": ("cp1255", "iso8859_8"),
    "القاهرة السعر المدينة جيد سيئ": ("cp1256", "iso8859_6"),
    "กรุงเทพ ราคา เชียงใหม่ ดีมาก ชื่อ": ("cp874",),
}


@pytest.mark.parametrize(
    ("words", "encoding"), [(one, name) for one, names in WORDS.items() for name in names]
)
def test_encoding_of_small_file_is_inferred(ingest: Ingest, write: Write, words: str, encoding: str) -> None:
    cells = words.split()
    content = "".join(["id,name,value\n", *(f"{at},{one},{at * 7}.5\n" for at, one in enumerate(cells))])
    assert ingest.frame(write("a.csv", content.encode(encoding)))["name"].tolist() == cells


def test_doubtful_encoding_is_told_with_a_word_in_both(ingest: Ingest, write: Write) -> None:
    table = ingest(write("a.csv", "id,name\n1,Hélène\n2,où\n".encode("cp850")))
    assert "a.csv seems to be" in table.warnings[0]
    assert "set the encoding" in table.warnings[0]
    assert not ingest(write("b.csv", "id,name\n1,Ольга\n2,Москва\n".encode("cp1251"))).warnings


@pytest.mark.parametrize(
    "header", ["name,city,value", '"name,city,value"', '"name,""city"",value"', "name;city;value"]
)
def test_lines_in_quotes_as_a_whole(ingest: Ingest, write: Write, header: str) -> None:
    mark = ";" if ";" in header else ","
    rows = [f'"Ann{mark}""New York{mark} NY""{mark}{at}"' for at in range(5)]
    table = ingest(write("a.csv", "\r\n".join([header, *rows])))
    frame = pd.read_parquet(table.path)
    assert frame.to_dict("list") == {
        "name": ["Ann"] * 5,
        "city": [f"New York{mark} NY"] * 5,
        "value": [0, 1, 2, 3, 4],
    }
    assert "each line is in quotes as a whole" in table.warnings[0]


@pytest.mark.parametrize("mark", ["\t", ";"])
def test_quotes_of_texts_join_no_lines(ingest: Ingest, write: Write, mark: str) -> None:
    """Quotes that a text opens and another one closes, as in messages, are letters."""
    texts = ['"Well, he said', 'and "so" on', "5' 10\" tall", "plain"] * 5
    frame = ingest.frame(write("a.tsv", f"label{mark}text\n" + "".join(f"x{mark}{one}\n" for one in texts)))
    assert frame["text"].tolist() == texts


def test_one_column_of_quoted_texts_keeps_its_commas(ingest: Ingest, write: Write) -> None:
    frame = ingest.frame(write("a.csv", 'text\n"One, two"\n"One, two, three"\n"So"\n'))
    assert frame["text"].tolist() == ["One, two", "One, two, three", "So"]


def test_non_ascii_character_late_in_long_file(ingest: Ingest, write: Write) -> None:
    content = b"a,b\n" + b"plain text,1\n" * 500_000 + "Käse,2\n".encode("latin-1")
    assert ingest.frame(write("a.csv", content))["a"].iloc[-1] == "Käse"


def test_some_damaged_characters(ingest: Ingest, write: Write) -> None:
    table = ingest(write("a.csv", ("a,b\n" + "äöü,1\n" * 50).encode() + b"\xff,2\n"))
    assert table.details["encoding"] == "utf-8"
    assert "U+FFFD" in table.warnings[0]


def test_one_damaged_character_among_few(ingest: Ingest, write: Write) -> None:
    table = ingest(write("a.csv", "a,b\nZoë à Bonn,1\n".encode() + b"Zo\xc3 x,2\n"))
    assert table.details["encoding"] == "utf-8"
    assert pd.read_parquet(table.path)["a"].iloc[0] == "Zoë à Bonn"


def test_words_of_two_scripts_are_improbable(ingest: Ingest, write: Write) -> None:
    frame = ingest.frame(write("a.csv", "a,b\nZoë à Bonn größer,1\n".encode("cp1252")))
    assert frame["a"].iloc[0] == "Zoë à Bonn größer"


def test_given_encoding(ingest: Ingest, write: Write) -> None:
    frame = ingest.frame(write("a.csv", "a,b\nčaj,1\n".encode("cp1250")), encoding="cp1250")
    assert frame["a"].tolist() == ["čaj"]


def test_wrong_encoding_given(ingest: Ingest, write: Write) -> None:
    error = ingest.refusal(write("a.csv", "a,b\nx,1\nÄrger,1\n".encode("latin-1")), encoding="utf-8")
    assert "line 3" in error.message
    assert "cp1252" in error.hint


def test_unknown_encoding_given(ingest: Ingest, write: Write) -> None:
    assert "utf-8" in ingest.refusal(write("a.csv", TABLE), encoding="utf-88").hint
    assert "Common encodings" in ingest.refusal(write("a.csv", TABLE), encoding="qqqq").hint


def _zip(content: bytes, *names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


def _zstd(content: bytes) -> bytes:
    return pa.compress(content, "zstd", asbytes=True)


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".xz", lzma.compress),
        (".zst", _zstd),
        (".zip", lambda content: _zip(content, "a.csv", "__MACOSX/a.csv", ".hidden")),
        ("", gzip.compress),
    ],
)
def test_compressed(ingest: Ingest, write: Write, suffix: str, pack: object) -> None:
    assert callable(pack)
    source = write(f"a.csv{suffix}", pack(TABLE.encode()))
    assert len(ingest.frame(source)) == 2
    assert ingest(source).details["compression"]


def test_archive_of_several_files(ingest: Ingest, write: Write) -> None:
    error = ingest.refusal(write("a.zip", _zip(b"a,b\n1,2\n", "a.csv", "b.csv")))
    assert "2 files (a.csv, b.csv)" in error.message


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zip", "a.csv.xz", "a.csv.bz2", "a.csv.zst"])
def test_damaged_compression(ingest: Ingest, write: Write, name: str) -> None:
    plain = b"a,b\n" + os.urandom(20_000).hex().encode()
    packed = {
        "gz": gzip.compress,
        "zip": lambda content: _zip(content, "a.csv"),
        "xz": lzma.compress,
        "bz2": bz2.compress,
        "zst": _zstd,
    }[name.rsplit(".")[-1]](plain)
    error = ingest.refusal(write(name, packed[: len(packed) // 2]))
    assert "cannot be decompressed" in error.message


def test_ragged_row_error_names_line(ingest: Ingest, write: Write) -> None:
    error = ingest.refusal(write("a.csv", 'a,b\n1,2\n"x\ny",3\n\n1,2,3\n4,5\n'))
    assert "line 6: 3 fields, but the first line has 2" in error.message


def test_ragged_row_far_down(ingest: Ingest, write: Write) -> None:
    error = ingest.refusal(write("a.csv", "sep=,\na,b\n" + "1,2\n" * 30_000 + "1\n" + "1,2\n" * 100))
    assert "line 30003: 1 field," in error.message


def test_ragged_row_after_a_huge_field(ingest: Ingest, write: Write) -> None:
    error = ingest.refusal(write("a.csv", f"a,b\n{'x' * 200_000},2\n1,2,3\n"))
    assert "row 3: 3 fields" in error.message


def test_fewer_names_than_fields(ingest: Ingest, write: Write) -> None:
    error = ingest.refusal(write("a.csv", "a,b\n1,2,3\n4,5,6\n7,8,9\n"))
    assert "line 2: 3 fields" in error.message


def test_unclosed_quote(ingest: Ingest, write: Write) -> None:
    error = ingest.refusal(write("a.csv", 'a,b\n1,"2\n3,4\n5,6\n'))
    assert "ends inside a quoted field" in error.message


def test_last_field_with_a_line_break(ingest: Ingest, write: Write) -> None:
    assert ingest.frame(write("a.csv", 'a,b\n1,"2\n""x"""\n'))["b"].tolist() == ['2\n"x"']


def test_row_longer_than_a_block(ingest: Ingest, write: Write) -> None:
    error = ingest.refusal(write("a.csv", 'a,b\n1,"' + "x\n" * 10_000_000))
    assert "longer than" in error.message


@pytest.mark.parametrize("content", ["", "\n\n \n", "\ufeff", "\ufeff\n"])
def test_empty(ingest: Ingest, write: Write, content: str) -> None:
    assert "is empty" in ingest.refusal(write("a.csv", content)).message


@pytest.mark.parametrize("content", ["a,b\n", "a,b"])
def test_header_only(ingest: Ingest, write: Write, content: str) -> None:
    assert "no rows" in ingest.refusal(write("a.csv", content)).message


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n0000", "PNG"),
        (b"SQLite format 3\x00...", "SQLite"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\xd0\xcf\x11\xe0 old excel", "Office"),
        (bytes(range(256)) * 20, "binary data"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a"])
def test_binary_content(ingest: Ingest, write: Write, name: str, content: bytes, what: str) -> None:
    assert what in ingest.refusal(write(name, content)).message


def test_duplicate_names(ingest: Ingest, write: Write) -> None:
    error = ingest.refusal(write("a.csv", "a,b,a,c,b\n1,2,3,4,5\n"))
    assert "'a', 'b'" in error.message


def test_unnamed_columns_get_names(ingest: Ingest, write: Write) -> None:
    table = ingest(write("a.csv", ",b,column_3, \n1,2,3,4\n"))
    assert [column.name for column in table.columns] == ["column_1", "b", "column_3", "column_4"]
    assert "column_1, column_4" in table.warnings[0]
    assert [c.name for c in ingest(write("b.csv", "column_2,\n1,2\n")).columns] == ["column_2", "column_2_"]


def test_numeric_header_warns(ingest: Ingest, write: Write) -> None:
    assert "looks like values" in ingest(write("a.csv", "1,2.5\n3,4\n")).warnings[0]


def test_unusual_names_are_unchanged(ingest: Ingest, write: Write) -> None:
    names = ["😀", "x" * 10_000, " padded ", 'with "quotes"', "line\nbreak", "a,b"]
    quoted = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    assert list(ingest.frame(write("a.csv", f"{quoted}\n1,2,3,4,5,6\n"))) == names


def test_long_names_are_shortened_in_messages(ingest: Ingest, write: Write) -> None:
    error = ingest.refusal(write("a.csv", f"{'x' * 10_000},{'x' * 10_000}\n1,2\n"))
    assert len(str(error)) < 500


def test_header_longer_than_the_first_sample(ingest: Ingest, write: Write) -> None:
    names = [f"{n}-{'x' * 10_000}" for n in range(40)]
    frame = ingest.frame(write("a.csv", ",".join(names) + "\n" + ",".join(["1"] * 40) + "\n"))
    assert list(frame) == names


def test_many_columns(ingest: Ingest, write: Write) -> None:
    header = ",".join(f"c{n}" for n in range(5_000))
    assert len(ingest(write("a.csv", f"{header}\n" + (",".join(["1"] * 5_000) + "\n") * 3)).columns) == 5_000


def test_suffix_is_not_needed(ingest: Ingest, write: Write) -> None:
    assert len(ingest.frame(write("table", TABLE))) == 2


FIELDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12).map(
    lambda text: f"v{text}"
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.tuples(FIELDS, FIELDS, st.integers(-(10**15), 10**15)), min_size=1, max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_round_trip_with_pandas(
    ingest: Ingest, write: Write, rows: list[tuple[str, str, int]], delimiter: str, encoding: str
) -> None:
    frame = pd.DataFrame(rows, columns=["first", "second", "number"])
    # All fields are quoted; quoting must not affect which columns are read as text.
    text = frame.to_csv(index=False, sep=delimiter, quoting=1, lineterminator="\n")
    read = ingest.frame(write("a.csv", text.encode(encoding)), delimiter=delimiter, encoding=encoding)
    assert read.to_dict("list") == frame.to_dict("list")


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.from_regex(r"[a-z0-9]{0,3}", fullmatch=True), min_size=3, max_size=3), min_size=1
    ),
    delimiter=st.sampled_from(",;\t|"),
)
def test_delimiter_of_random_tables_is_found(rows: list[list[str]], delimiter: str) -> None:
    lines = [["a", "b", "c"], *rows]
    sample = "".join(delimiter.join(line) + "\n" for line in lines).encode()
    assert find_dialect(sample).delimiter == delimiter
