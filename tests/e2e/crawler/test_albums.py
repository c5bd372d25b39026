"""Many photos at once: everything is kept, in its order, and nobody is answered a hundred times."""

import io
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from tests.e2e.crawler.polite import answered_politely

ALBUM = 10
ALBUMS = {"Ada": 4, "Grace": 3, "Mary": 3}
"""By person: ten albums."""
NARROWEST = 300
"""Pixels. Each photo of a person is wider than the one before: so it is known again."""


def photo(width):
    buffer = io.BytesIO()
    Image.new("RGB", (width, NARROWEST), (width % 256, 90, 60)).save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


def test_ten_albums_of_ten_in_one_second_arrive_whole_once_and_in_order(watched, arrives):
    people = {name: arrives(name=name).says("/start") for name in ALBUMS}
    albums = {
        name: [[photo(NARROWEST + album * ALBUM + place) for place in range(ALBUM)] for album in range(count)]
        for name, count in ALBUMS.items()
    }
    before = watched.last_call()

    def send_all(name):
        for album in albums[name]:
            people[name].send_photos(*album)

    with answered_politely(*people.values()):
        with ThreadPoolExecutor() as senders:
            list(senders.map(send_all, ALBUMS))
        watched.settle()
    for name, count in ALBUMS.items():
        rows = watched.rows(
            """SELECT width FROM "File" WHERE user_id = $1 AND kind = 'photo' ORDER BY created_at""",
            people[name].user_id,
        )
        assert [row["width"] for row in rows] == list(range(NARROWEST, NARROWEST + count * ALBUM)), name
        sent = [
            call
            for call in watched.calls(after=before)
            if call.method in ("sendMessage", "sendPhoto") and call.chat_id == people[name].user_id
        ]
        assert 1 <= len(sent) <= count, f"{name} sent {count} albums and was answered {len(sent)} times"
        assert len([screen for screen in people[name].screens() if screen.choices]) == 1
