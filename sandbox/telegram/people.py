"""The people of the sandbox, each with a Telegram id and a private chat with the bot."""

from dataclasses import asdict, dataclass

from sandbox.stand_in.journal import Journal
from sandbox.telegram.refusals import bad_request, cannot_initiate
from sandbox.telegram.wire import JsonObject

# Real ids of new accounts look alike; small ones would hide a 32-bit column.
_FIRST_ID = 7_000_000_001


@dataclass(slots=True)
class Person:
    """A person: what Telegram tells bots about them, and whether the bot may write to them.

    The bot knows a person who has not written yet when it has seen them elsewhere, in a contact that somebody shared.
    """

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    has_written: bool = False
    has_blocked: bool = False
    is_deactivated: bool = False
    is_known: bool = False

    def user(self) -> JsonObject:
        """Return the person as the Bot API's User."""
        user: JsonObject = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.is_deactivated:
            return {**user, "first_name": ""}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                user[name] = value
        return user

    def chat(self) -> JsonObject:
        """Return the private chat with the person as the Bot API's Chat."""
        chat: JsonObject = {"id": self.id, "type": "private", "first_name": self.first_name}
        if self.is_deactivated:
            return {**chat, "first_name": ""}
        for name in ("last_name", "username"):
            if value := getattr(self, name):
                chat[name] = value
        return chat


class People:
    """Everyone in the sandbox, by id."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._people = {record["id"]: Person(**record) for record in journal.read("person")}

    def all(self) -> list[Person]:
        """Return everyone, in the order in which they came."""
        return list(self._people.values())

    def find(self, person_id: int) -> Person | None:
        """Return a person, or None."""
        return self._people.get(person_id)

    def add(
        self,
        first_name: str,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = None,
        person_id: int | None = None,
    ) -> Person:
        """Make a person, or rename the one who has that id already."""
        free = max((person.id + 1 for person in self._people.values()), default=_FIRST_ID)
        person = Person(person_id or max(free, _FIRST_ID), first_name, last_name, username, language_code)
        if known := self._people.get(person.id):
            for kept in ("has_written", "has_blocked", "is_deactivated", "is_known"):
                setattr(person, kept, getattr(known, kept))
        self._people[person.id] = person
        self.keep(person)
        return person

    def change(self, person: Person, changes: JsonObject) -> None:
        """Change what is told of a person; `deactivated` is the end of the account, or its return."""
        for name, value in changes.items():
            setattr(person, "is_deactivated" if name == "deactivated" else name, value)
        self.keep(person)

    def meet(self, person_id: int) -> None:
        """Let the bot know of a person, whose contact it was shown; it still cannot write first."""
        person = self._people.get(person_id)
        if person is not None and not person.is_known:
            person.is_known = True
            self.keep(person)

    def keep(self, person: Person) -> None:
        """Make a change to a person durable."""
        self._journal.put("person", person.id, asdict(person))

    def addressed(self, chat_id: int | str) -> Person:
        """Return the person whom a bot writes to, by id or @username.

        Refuses as Telegram does: a bot cannot write to a stranger who has not written first. An id may be text too;
        a name needs its @.
        """
        if chat_id == "":
            raise bad_request("chat_id is empty")
        person = self._people.get(chat_id) if isinstance(chat_id, int) else self._named(chat_id)
        if person is not None and person.is_known and not person.has_written:
            raise cannot_initiate()
        if person is None or not person.has_written:
            raise bad_request("chat not found")
        return person

    def _named(self, chat_id: str) -> Person | None:
        if not chat_id.startswith("@"):
            return self._people.get(int(chat_id)) if chat_id.removeprefix("-").isdecimal() else None
        wanted = chat_id.removeprefix("@").lower()
        return next((p for p in self._people.values() if p.username and p.username.lower() == wanted), None)
