"""Every screen of the bot, in both languages, as people in different states meet it."""

import sys
from collections.abc import Callable

import pytest

from tests.e2e.crawler.findings import Findings
from tests.e2e.crawler.graph import Graph
from tests.e2e.crawler.guest import Guest
from tests.e2e.crawler.house import WatchedHouse
from tests.e2e.crawler.questions import WORDS
from tests.e2e.crawler.walk import MOST_FAULTS, Walk

FIRST_REACTION = 0.3
"""Seconds that 95 of 100 presses may take until their person sees something."""
ENOUGH = 1000
"""Tokens for everything that can be bought."""


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_screen_answers_reads_well_and_has_a_way_out(
    watched: WatchedHouse, arrives: Callable[..., Guest], selfie: bytes, language: str
) -> None:
    findings = walk_as_everybody(watched, arrives, selfie, language, thorough=False)
    assert not findings.faults, findings.report()
    assert findings.percentile(0.95) < FIRST_REACTION, findings.report()
    assert watched.new_error_lines() == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_item_of_every_list_in_every_state_does_so_too(
    watched: WatchedHouse, arrives: Callable[..., Guest], selfie: bytes, language: str
) -> None:
    findings = walk_as_everybody(watched, arrives, selfie, language, thorough=True)
    assert not findings.faults, findings.report()
    assert watched.new_error_lines() == []


def walk_as_everybody(
    watched: WatchedHouse, arrives: Callable[..., Guest], selfie: bytes, language: str, *, thorough: bool
) -> Findings:
    """Everybody's walk, one after the other. Each goes on with the map of those before, thorough: with their own."""
    words, graph = WORDS[language], Graph(thorough)
    with_pictures = arrives(language)
    watched.give_tokens(with_pictures.says("/start").user_id, ENOUGH)
    with_pictures.orders(words, pictures=2).waits_for_pictures(2)
    with_pictures.sends(selfie, caption=words).presses_first("make:")
    with_pictures.waits_for_pictures(3)
    with watched.frozen_worker():
        new = arrives(language)
        with_photo = arrives(language).says("/start").sends(selfie)
        with_draft = arrives(language).says("/start").sends(selfie, caption=words)
        with_order = arrives(language).says("/start").orders(words)
        without_tokens = arrives(language).says("/start")
        watched.give_tokens(without_tokens.user_id, -without_tokens.tokens()[0])
        walks = []
        for guest in (new, with_photo, with_draft, with_order, without_tokens, with_pictures):
            walk = Walk(guest, selfie, Graph(thorough) if thorough else graph.for_somebody_else())
            walk.begin().through_everything()
            graph = walk.graph
            walks.append(walk)
            if len(walk.findings.faults) >= MOST_FAULTS:
                break
    for walk in walks:
        walk.see_orders_through()
    findings = Findings.joined(walk.findings for walk in walks)
    listed = ["screens:", *sorted(findings.screens), "not found again:", *sorted(findings.unreached)]
    sys.stdout.write("\n".join(["", f"{language}: {findings.report()}", *listed, ""]))  # pytest -rP shows it
    return findings
