"""What is not made here: the words of a wish are judged before anything is held, by rules that the owner changes."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from db.pool import Database
from repository.catalogue import Style
from repository.safety import SafetyPolicy, SafetyRepository, StyleWords, Verdict
from services.errors import PromptRefused
from services.orders import DatasetOrder, GalleryOrder, ImageTo3DOrder, UpscaleOrder
from services.safety.rulebook import Finding, Rulebook

FRESH_SECONDS = 30.0
"""How long rules are used before they are read again: a change of the owner's is in force by then."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _House:
    """Rules, policy and styles as they were at one time."""

    rulebook: Rulebook
    policy: SafetyPolicy
    styles: dict[str, StyleWords]
    read_at: float


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What there is in a wish."""

    findings: frozenset[Finding]
    has_minor: bool
    has_adult: bool
    has_suggestive: bool


class Safety:
    """Judges wishes. One for each process: it keeps the rules in memory."""

    def __init__(self, db: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._clock = clock
        self._house: _House | None = None
        self._reading = asyncio.Lock()

    async def check_prompt(self, order: GalleryOrder, *, style: Style | None, is_minor: bool = False) -> None:
        """Refuse a wish that is not made here; what a picture should *not* show is no part of it.

        Whose subject is under age (`is_minor`) is never shown in an adult style or with adult words, whatever the
        owner allows. Raises PromptRefused with the kind: `minor_adult`, the code of a blocked rule, or `adult`.
        """
        house = await self._now()
        judgement = _judge(house, order, style, is_minor)
        kind = _refused_kind(judgement, house.policy)
        if kind is None:
            return
        _log.info(
            "safety.prompt_refused",
            prompt_kind=kind,
            order_kind=order.kind.value,
            rules=sorted(finding.rule_id for finding in judgement.findings if finding.verdict is not Verdict.MINOR),
        )
        raise PromptRefused(kind)

    async def nsfw_threshold(self, order: GalleryOrder, *, style: Style | None, is_minor: bool = False) -> float:
        """The score of a finished picture (0 to 1, workers.output_check) above which it is withheld.

        1 lets every picture pass: an adult style or adult words, where the owner allows them and nobody is under age.
        """
        house = await self._now()
        judgement = _judge(house, order, style, is_minor)
        is_allowed = house.policy.adult_allowed and judgement.has_adult and not judgement.has_minor
        return 1.0 if is_allowed else house.policy.nsfw_threshold

    async def _now(self) -> _House:
        """Rules that are fresh enough; read once, however many ask. Raises one of db.pool.UNAVAILABLE."""
        async with self._reading:
            if self._house is None or self._clock() - self._house.read_at >= FRESH_SECONDS:
                read_at = self._clock()
                rows = SafetyRepository(self._db.reading)
                self._house = _House(
                    rulebook=Rulebook(await rows.get_rules()),
                    policy=await rows.get_policy(),
                    styles={style.code: style for style in await rows.get_style_words()},
                    read_at=read_at,
                )
            return self._house


def _judge(house: _House, order: GalleryOrder, style: Style | None, is_minor: bool) -> _Judgement:
    words, codes = _words_and_styles(order)
    styles = [house.styles[code] for code in codes if code in house.styles]
    if style is not None and style.code not in house.styles:
        styles.append(StyleWords(style.code, style.prompt, style.is_adult))
    texts = [*words, *(style.prompt for style in styles)]
    findings = {finding for text in texts for finding in house.rulebook.findings(text)}
    verdicts = {finding.verdict for finding in findings}
    return _Judgement(
        findings=frozenset(findings),
        has_minor=is_minor or Verdict.MINOR in verdicts,
        has_adult=Verdict.ADULT in verdicts or any(style.is_adult for style in styles),
        has_suggestive=Verdict.SUGGESTIVE in verdicts,
    )


def _words_and_styles(order: GalleryOrder) -> tuple[list[str], set[str]]:
    """What a person wrote or chose: words, and codes of styles. An enlarged picture was judged when it was made."""
    if isinstance(order, UpscaleOrder):
        return [], set()
    if isinstance(order, DatasetOrder):
        return (
            [order.class_label, *(look.prompt for look in order.looks)],
            {look.style for look in order.looks if look.style is not None},
        )
    if isinstance(order, ImageTo3DOrder):
        return [order.prompt], set()
    return [order.prompt], {order.style} if order.style is not None else set()


def _refused_kind(judgement: _Judgement, policy: SafetyPolicy) -> str | None:
    if judgement.has_minor and (judgement.has_adult or judgement.has_suggestive):
        return "minor_adult"
    blocked = sorted(
        (finding.rule_id, finding.code) for finding in judgement.findings if finding.verdict is Verdict.BLOCKED
    )
    if blocked:
        return blocked[0][1]
    return "adult" if judgement.has_adult and not policy.adult_allowed else None
