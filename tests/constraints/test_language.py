"""The language demanded."""

from __future__ import annotations

import unicodedata

import pytest

from evalkit.constraints.language import Language
from evalkit.errors import ArgumentError

TEXTS = {
    "de": "Der Server schreibt jedes Ereignis in ein Protokoll, und die Verbraucher lesen es.",
    "en": "The server writes every event to a log, and the consumers read it whenever they want.",
    "fr": "Le serveur écrit chaque événement dans un journal que les clients peuvent relire.",
    "es": "El servidor escribe cada evento en un registro que los consumidores pueden leer.",
    "it": "Il server scrive ogni evento in un registro che i consumatori possono rileggere.",
    "pt": "O servidor grava cada evento em um registro que os consumidores podem ler depois.",
    "nl": "De server schrijft elke gebeurtenis in een logboek dat de gebruikers kunnen lezen.",
    "pl": "Serwer zapisuje każde zdarzenie w dzienniku, który mogą czytać odbiorcy.",  # codespell:ignore
    "tr": "Sunucu her olayı tüketicilerin okuyabileceği bir günlüğe yazar ve orada saklar.",  # noqa: RUF001 - texts in their own scripts
    "ru": "Сервер записывает каждое событие в журнал, который читают потребители.",
    "uk": "Сервер записує кожну подію до журналу, який читають споживачі.",
    "el": "Ο διακομιστής γράφει κάθε συμβάν σε ένα αρχείο που διαβάζουν οι καταναλωτές.",  # noqa: RUF001 - texts in their own scripts
    "ar": "يكتب الخادم كل حدث في سجل يمكن للمستهلكين قراءته في أي وقت.",
    "he": "השרת כותב כל אירוע ליומן שהצרכנים יכולים לקרוא בכל עת.",
    "hi": "सर्वर हर घटना को एक लॉग में लिखता है जिसे उपभोक्ता पढ़ सकते हैं।",
    "ja": "サーバーはすべてのイベントをログに書き込み、利用者がそれを読みます。",
    "zh": "服务器把每个事件写入日志，消费者可以随时读取。",  # noqa: RUF001 - texts in their own scripts
    "ko": "서버는 모든 이벤트를 로그에 기록하고 소비자는 그것을 읽습니다.",
    "th": "เซิร์ฟเวอร์เขียนทุกเหตุการณ์ลงในบันทึกที่ผู้ใช้สามารถอ่านได้",
    "vi": "Máy chủ ghi mọi sự kiện vào nhật ký mà người tiêu dùng có thể đọc bất cứ lúc nào.",
}


@pytest.mark.parametrize("code", sorted(TEXTS))
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_sentence_is_met_in_its_own_language_only(code: str, form: str) -> None:
    """One sentence is enough, in either normal form and with any line ending."""
    text = unicodedata.normalize(form, TEXTS[code]) + "\r\n"  # type: ignore[arg-type]  # a parameter
    assert Language(code).score(text, whole=True).value == 1
    other = "en" if code != "en" else "de"
    assert Language(other).score(text, whole=True).value == 0
    assert Language((other, code)).score(text, whole=True).value == 1


@pytest.mark.parametrize("text", ["", "Ja.", "Hallo", "12345", "```\nDer Server schreibt.\n```", "🎉", "\ud800\x00"])
def test_what_is_too_short_is_undecided(text: str) -> None:
    """A word could be of many languages, and a text without prose of none."""
    assert Language("de").score(text, whole=True).value is None


def test_what_mixes_languages_in_a_passage_is_undecided() -> None:
    """It is not known how much of it is in either."""
    text = "Der Server is down. The log is full. Das Protokoll ist voll."  # codespell:ignore
    assert Language("de").score(text, whole=True).value is None


def test_code_and_addresses_do_not_decide() -> None:
    """English code in a German answer is no English answer."""
    code = "```python\n# the server writes every event to a log\nprint('the log of the server')\n```"
    text = f"{code}\nhttps://a.example/the-server-writes\n{TEXTS['de']}"
    assert Language("de").score(text, whole=True).value == 1


def test_the_share_demanded_decides() -> None:
    """Half of the letters in either language meet a half and break more; the spans show the other half."""
    text = f"{TEXTS['de']}\n\n{TEXTS['en']}"
    letters = {code: sum(map(str.isalpha, TEXTS[code])) for code in ("de", "en")}
    share = letters["de"] / sum(letters.values())
    assert Language("de", at_least=share).score(text, whole=True).value == 1
    score = Language("de", at_least=share + 0.001).score(text, whole=True)
    assert score.value == 0
    assert [text[span.start : span.end].strip() for span in score.spans] == [TEXTS["en"]]
    assert score.reason.endswith("of the letters are in `de`, others in `en`")


def test_a_cut_text_is_undecided() -> None:
    """It may go on in another language."""
    assert Language("de").score(TEXTS["de"], whole=False).value is None


@pytest.mark.parametrize(
    ("allowed", "path"), [("german", ("allowed",)), (("de", "xx"), ("allowed", 1)), ((), ("allowed",))]
)
def test_unknown_codes_are_refused(allowed: str | tuple[str, ...], path: tuple[str | int, ...]) -> None:
    """The path leads to the code at fault."""
    with pytest.raises(ArgumentError) as raised:
        Language(allowed)
    assert raised.value.path == path


@pytest.mark.parametrize("confidence", [0.5, 1.1, True])
def test_confidence_is_a_probability_above_a_half(confidence: float) -> None:
    """Below, two languages could both be the one."""
    with pytest.raises(ArgumentError, match="confidence"):
        Language("de", confidence=confidence)
