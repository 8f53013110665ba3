"""What differs in printed text from run to run by nature: addresses, clocks, speeds, temporary names. Never a result.

A table of rules: what a text must hold for the rule to be tried at all (looking for it is quick), the pattern, and the
fixed word that takes its place. Every pattern is linear: no repetition inside a repetition, and all of them bounded.
Percentages and counts of progress bars stay: a run that stopped at 40 % is another result.
"""

import re
from dataclasses import dataclass

_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_UNIT = r"(?:[mµμun]?s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?)"
_CLOCK = r"\d{1,3}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
_DATE = r"(?:19|20)\d\d[-/.](?:0[1-9]|1[0-2])[-/.](?:0[1-9]|[12]\d|3[01])"

_THING = (
    r"(?:its?|iters?|iterations?|steps?|batch(?:es)?|samples?|images?|imgs?|tokens?|examples?|frames?|rows?"
    r"|epochs?|calls?|loops?)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TEMPORARY = "/tmp"  # noqa: S108 - a text to be found, not a file
_MADE_UP = "(?:tmp|pip-|matplotlib-|torchinductor_|__autograph_generated_file)"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rf"(?:{'|'.join(_MONTHS)})"
_TIMED = r"(?:took|takes|elapsed|eta|duration|remaining|runtime|time)"
_DONE = r"(?:done|finished|complete|completed|passed|failed|trained|loaded|saved|executed|ran)"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    """Where any of `signs` stands in the (lower-case) text, what `pattern` finds becomes `word`."""

    signs: tuple[str, ...]
    pattern: re.Pattern[str]
    word: str


def _rule(word: str, *signs: str, pattern: str) -> _Rule:
    return _Rule(signs=signs, pattern=re.compile(pattern, re.IGNORECASE | re.MULTILINE), word=word)


def _after_digit(*letters: str) -> tuple[str, ...]:
    return tuple(f"{digit}{space}{letter}" for digit in "0123456789" for space in ("", " ") for letter in letters)


_RULES = (
    # `<Figure size 640x480 with 1 Axes>`: what the picture is, its bytes say.
    _rule("<Figure>", "<figure size", pattern=r"<Figure size [\d.x]{1,30} with \d{1,4} Axes>"),
    # `at 0x7f3a…`, and decimal ids of objects as id() prints them (0x7e… to 0x7fff… on 64 bits).
    _rule("‹address›", "0x", pattern=r"\b0x(?:[0-9a-f]{9,16}\b|(?<=at 0x)[0-9a-f]{4,16}\b)"),
    _rule("‹address›", "138", "139", "140", pattern=r"(?<![\w.])1(?:3[89]|40)\d{12}\b(?!\.)"),
    # Names that Jupyter and the system make up.
    _rule("‹temporary›", "<ipython-input-", pattern=r"<ipython-input-\d{1,6}-[0-9a-z]{1,40}>"),
    _rule(
        "‹temporary›",
        f"{_TEMPORARY}/",
        pattern=rf"{_TEMPORARY}/(?:ipykernel_\d{{1,9}}/\d{{1,20}}\.py|{_MADE_UP}[\w.-]{{1,60}})",
    ),
    _rule(
        "‹temporary›", "/folders/", pattern=r"(?:/private)?/var/folders/\w\w/\w{1,40}/T/[\w.-]{1,80}(?:/\d{1,20}\.py)?"
    ),
    _rule("‹temporary›", "\\temp\\", pattern=r"\bAppData\\Local\\Temp\\[\w.-]{1,80}(?:\\[\w.-]{1,80})?"),
    _rule("‹cell›", "in [", "in[", pattern=r"\b(?:Cell |Input )?In ?\[\d{1,6}\]"),
    _rule("‹id›", "-", pattern=r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
    _rule("‹id›", "model_id", pattern=r"\bmodel_id\W{1,6}[0-9a-f]{16,40}\b"),
    _rule("‹id›", "run-", pattern=r"\brun-\d{8}_\d{6}-\w{6,10}\b"),
    _rule("‹id›", "pid", pattern=r"\bpid[ =:]{1,3}\d{1,9}\b"),
    # Progress bars: `|████▌ |` of tqdm, `[====>...]` and `━━━` of Keras and pip, and `[00:12<00:03, 31.2it/s`.
    _rule("%||", "%|", pattern=r"%\|[^|\n]{0,300}\|"),
    _rule("‹bar›", "[=", "[>", "[.", pattern=r"\[[=>.]{8,120}\]"),
    _rule("‹bar›", "━", "╺", "╸", pattern=r"[━╸╺]{3,200}"),
    _rule(
        "[‹time›",
        "<",
        pattern=rf"\[ ?{_CLOCK}<(?:\?|(?:\d{{1,4}} days?, )?{_CLOCK})(?:, {{1,3}}(?:\?|{_NUMBER})[^\s,\]]{{1,24}})?",
    ),
    # What measures time says so.
    _rule("‹time›", "cpu times", "wall time", pattern=r"\b(?:CPU times|Wall time|CPU time): [^\n]{1,160}"),
    _rule(
        "‹time›",
        " per loop",
        pattern=rf"\b{_NUMBER} ?[mµμun]?s(?: ± {_NUMBER} ?[mµμun]?s)? per loop(?: \([^)\n]{{1,100}}\))?",
    ),
    _rule("‹time›", "slowest run", pattern=r"\bThe slowest run took [^\n]{1,160}"),
    _rule("‹time›", "/step", pattern=rf"\b\d{{1,6}}s {_NUMBER} ?[mµμun]?s/step\b"),
    _rule(
        "‹speed›",
        "/s",
        pattern=rf"\b{_NUMBER} ?(?:[kMGT]?i?(?:B|b|bytes|bits)|[kM]?{_THING})/s(?:ec|econds?)?\b",
    ),
    _rule(
        "‹speed›",
        "s/",
        "sec/",
        "seconds/",
        "min/",
        pattern=rf"\b{_NUMBER} ?{_UNIT}/{_THING}\b",
    ),
    # Moments: a date with its time, a day as `date` prints it, names of runs, and the marks of log lines.
    _rule("‹date›", "19", "20", pattern=rf"\b{_DATE}[T _]{_CLOCK}(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?"),
    _rule("‹date›", "20", pattern=r"\b20\d{6}[-_T]\d{6}\b"),
    _rule(
        "‹date›",
        "today",
        "date",
        "started",
        "finished",
        pattern=rf"\b(?:today|date|started|finished)(?: is| at| on)?[ :=]{{1,3}}{_DATE}\b",
    ),
    _rule(
        "‹date›",
        *(f"{month} " for month in _MONTHS),
        pattern=rf"\b{_DAY},? (?:\d{{1,2}} )?{_MONTH}(?: {{1,2}}\d{{1,2}})? (?:\d{{4}} )?"
        rf"{_CLOCK}(?: [A-Z]{{3,4}}\b)?(?: \d{{4}})?",
    ),
    _rule("‹date›", ":", pattern=r"^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{1,6} {1,4}\d{1,9}"),
    # Durations: after a word that says so, or with a unit no result has.
    _rule(
        "‹time›",
        *_after_digit("m"),
        pattern=rf"\b(?:\d{{1,4}} ?h(?:ours?)?,? ?)?\d{{1,4}} ?m(?:in(?:utes?|s)?)?,? ?{_NUMBER} ?s(?:ec(?:ond)?s?)?\b",
    ),
    _rule(
        "‹time›",
        "time",
        "took",
        "elapsed",
        "eta",
        "duration",
        "remaining",
        "runtime",
        " in ",
        pattern=rf"\b{_TIMED}(?: taken| elapsed| spent| left| is| was)?(?: \(?{_UNIT}\)?)?[ :=~≈]{{1,4}}"
        rf"(?:{_CLOCK}|{_NUMBER} ?{_UNIT}\b|\d{{1,9}}\.\d{{1,9}}\b(?! ?[%\w]))|\b{_DONE} in {_NUMBER} ?{_UNIT}\b",
    ),
    _rule("‹time›", ":", pattern=r"(?<![\d:.])\d{1,3}:[0-5]\d:[0-5]\d(?:[.,]\d{1,9})?(?![\d:])"),
    _rule(
        "‹time›",
        *_after_digit("s", "m", "µ", "μ", "u", "n", "h"),
        pattern=r"(?<![\w.])\d{1,9}\.\d{1,9} ?(?:s|ms|µs|μs|us|ns|secs?|seconds|minutes|hours)\b(?!/)",
    ),
)


def mask_noise(text: str) -> str:
    """The text with fixed words for whatever differs from run to run by nature."""
    if not _DIGIT.search(text):
        return text
    small = text.lower()
    for rule in _RULES:
        if any(sign in small for sign in rule.signs):
            text = rule.pattern.sub(rule.word, text)
    return _last_of_bars(text) if "%||" in text else text


_DIGIT = re.compile(r"\d")
_BAR = re.compile(r"(?P<name>[^\n%]{0,200}?) {0,4}\d{1,3}%\|\| {0,4}[\d.]{1,20}[kMG]?/(?P<total>[\d.]{1,20}[kMG]?)\b")


def _last_of_bars(text: str) -> str:
    """Of neighbouring lines of one progress bar the last: how often it was drawn is an accident of time."""
    lines = text.split("\n")
    marks = [(found["name"].strip(), found["total"]) if (found := _BAR.match(line)) else None for line in lines]
    follows = [*marks[1:], None]
    return "\n".join(
        line for line, mark, after in zip(lines, marks, follows, strict=True) if mark is None or mark != after
    )
