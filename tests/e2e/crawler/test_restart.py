"""A bot that is killed while many wait: nobody has to press anything again."""

from tests.e2e.crawler.house import wait_until

WAITING = 20
SEEN_BEFORE_THE_SECOND_DEATH = 5


def test_a_bot_killed_twice_brings_twenty_people_their_pictures_without_another_press(watched, arrives):
    people = [arrives(name=f"Person {number}").says("/start") for number in range(WAITING)]
    watched.new_error_lines()
    with watched.frozen_worker():
        for person in people:
            watched.forget_pace()
            person.orders("a fox in the snow")
        watched.kill_bot()

    def with_pictures():
        return [person for person in people if person.pictures()]

    wait_until(lambda: len(with_pictures()) >= SEEN_BEFORE_THE_SECOND_DEATH, "the first pictures")
    watched.kill_bot()
    for person in people:
        person.waits_for_pictures(1)
        assert person.tokens() == (25, 0, 5)
    twice = [person.user_id for person in people if len(person.pictures()) > 1]
    assert len(twice) <= WAITING - SEEN_BEFORE_THE_SECOND_DEATH, "only what was on its way at the death may come twice"
    assert [line for line in watched.new_error_lines() if not line.startswith("bot: ")] == []
