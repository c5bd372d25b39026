"""People: who there is, what their chat shows, and news of it."""

from collections.abc import AsyncIterator

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from sandbox.telegram.people import Person
from sandbox.telegram.refusals import bad_request, not_found
from sandbox.telegram.sim.answers import answer
from sandbox.telegram.sim.bodies import Block, Clear, NewPerson, PersonChange, person_of, read_body
from sandbox.telegram.sim.chat_view import count_unread, messages_on_the_way, view_changes, view_chat, view_person
from sandbox.telegram.wire import JsonObject
from sandbox.telegram.world import World

_LONGEST_WAIT_SECONDS = 60.0
_HEARTBEAT_SECONDS = 20.0
_SHOWN_IN_PAGE = frozenset(
    {
        *("image/jpeg", "image/png", "image/webp", "image/gif"),
        *("video/mp4", "video/webm", "audio/ogg", "audio/mpeg", "audio/mp4"),
    }
)


class PeopleRoutes:
    """`/sim/users` and what a person can see."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def list(self, request: Request) -> Response:
        """GET /sim/users: everyone, in the order in which they came.

        `seen` (person's id:message_id, …) tells which message each saw last; `unread` counts the bot's after it,
        `on_the_way` names the person's messages that the bot has not taken yet.
        """
        seen = _seen(request.query_params.get("seen", ""))
        waiting = messages_on_the_way(self._world)
        return answer(
            {
                "users": [
                    {
                        **view_person(self._world, person),
                        "unread": count_unread(self._world, person, seen.get(person.id, 0)),
                        "on_the_way": waiting.get(person.id, []),
                    }
                    for person in self._world.people.all()
                ]
            }
        )

    async def add(self, request: Request) -> Response:
        """POST /sim/users: make a person, or rename the one with that id."""
        wanted = await read_body(request, NewPerson)
        person = self._world.people.add(
            wanted.first_name, wanted.last_name, wanted.username, wanted.language_code, wanted.id
        )
        self._world.chats.of(person.id).touch()
        return answer(view_person(self._world, person), 201)

    async def block(self, request: Request) -> Response:
        """POST /sim/users/{id}/block: block or unblock the bot, which is told by my_chat_member."""
        person = person_of(self._world, request)
        self._block(person, (await read_body(request, Block)).blocked)
        return answer(view_person(self._world, person))

    async def change(self, request: Request) -> Response:
        """POST /sim/users/{id}: rename, change the language, or delete the account; the bot is not told."""
        person = person_of(self._world, request)
        wanted = await read_body(request, PersonChange)
        given = wanted.model_dump(include=wanted.model_fields_set)
        if "first_name" in given and given["first_name"] is None:
            raise bad_request("a person needs a first_name")
        if given.get("deactivated", False) is None:
            raise bad_request("deactivated must be true or false")
        self._world.people.change(person, given)
        self._world.chats.of(person.id).touch()
        return answer(view_person(self._world, person))

    async def clear(self, request: Request) -> Response:
        """POST /sim/users/{id}/clear: delete the whole chat for both, and with `block` stop the bot too."""
        person = person_of(self._world, request)
        wanted = await read_body(request, Clear)
        for message_id in list(self._world.chats.of(person.id).messages):
            self._world.chats.delete(person.id, message_id)
        if wanted.block:
            self._block(person, True)
        return answer(view_person(self._world, person))

    async def chat(self, request: Request) -> Response:
        """GET /sim/users/{id}/chat: the chat; with `after` and `timeout`, as soon as it is newer than that."""
        person = person_of(self._world, request)
        try:
            after = int(request.query_params.get("after", -1))
            timeout = min(float(request.query_params.get("timeout", 0)), _LONGEST_WAIT_SECONDS)
        except ValueError as error:
            raise bad_request("after and timeout must be numbers") from error
        await self._world.chats.of(person.id).wait_after(after, timeout)
        return answer(view_chat(self._world, person))

    async def events(self, request: Request) -> Response:
        """GET /sim/users/{id}/events: server-sent events, each with what changed since the one before."""
        person = person_of(self._world, request)
        return StreamingResponse(
            self._changes(person), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def file(self, request: Request) -> Response:
        """GET /sim/files/{file_id}: a file for the page; what a browser might run is only downloaded."""
        file = self._world.files.find(request.path_params["file_id"])
        if file is None:
            raise not_found()
        shown = file.mime_type in _SHOWN_IN_PAGE
        return FileResponse(
            self._world.files.location(file),
            media_type=file.mime_type if shown else "application/octet-stream",
            filename=file.file_name,
            content_disposition_type="inline" if shown else "attachment",
            headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=31536000, immutable"},
        )

    def _block(self, person: Person, blocked: bool) -> None:
        if person.has_blocked != blocked:
            person.has_blocked = blocked
            self._world.people.keep(person)
            self._world.chats.of(person.id).touch()
            self._world.updates.add(my_chat_member=self._membership_change(person))

    async def _changes(self, person: Person) -> AsyncIterator[bytes]:
        chat = self._world.chats.of(person.id)
        seen = chat.version
        yield _event("chat", view_chat(self._world, person))
        while not chat.released:
            await chat.wait_after(seen, _HEARTBEAT_SECONDS)
            if chat.version == seen:
                yield b": still here\n\n"
                continue
            changes = view_changes(self._world, person, seen)
            seen = chat.version
            yield _event("changes", changes)

    def _membership_change(self, person: Person) -> JsonObject:
        bot = self._world.profile.user()
        free: JsonObject = {"user": bot, "status": "member"}
        banned: JsonObject = {"user": bot, "status": "kicked", "until_date": 0}
        return {
            "chat": person.chat(),
            "from": person.user(),
            "date": self._world.now(),
            "old_chat_member": free if person.has_blocked else banned,
            "new_chat_member": banned if person.has_blocked else free,
        }


def _seen(spelled: str) -> dict[int, int]:
    try:
        pairs = [pair.split(":") for pair in spelled.split(",") if pair]
        return {int(person_id): int(message_id) for person_id, message_id in pairs}
    except ValueError as error:
        raise bad_request("seen must be like 7000000001:15,7000000002:8") from error


def _event(name: str, body: JsonObject) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(body))
