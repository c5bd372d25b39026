"""Private chats: messages, chat actions, and the version by which a reader waits for the next change."""

import asyncio
import time
from dataclasses import dataclass, field

from sandbox.telegram.journal import Journal
from sandbox.telegram.wire import JsonObject

# A bench sends to one chat for minutes; a person never scrolls back so far.
_MESSAGES_KEPT = 2000
_ACTIONS_KEPT = 50


@dataclass(slots=True)
class StoredMessage:
    """A message: its Bot API form, and what Telegram knows about it beyond that."""

    wire: JsonObject
    from_bot: bool
    changed_at: int = 0
    reply_keyboard: JsonObject | None = None
    invoice_payload: str | None = None
    charge_id: str | None = None
    reaction: str | None = None

    @property
    def message_id(self) -> int:
        """The message's id, unique across all chats of the bot."""
        return int(self.wire["message_id"])

    def record(self) -> JsonObject:
        """Return the message as a durable record."""
        return {
            "wire": self.wire,
            "from_bot": self.from_bot,
            "reply_keyboard": self.reply_keyboard,
            "invoice_payload": self.invoice_payload,
            "charge_id": self.charge_id,
            "reaction": self.reaction,
        }


@dataclass(slots=True)
class Chat:
    """One private chat as both sides see it; every change makes its version greater."""

    person_id: int
    version: int = 0
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    deleted: list[tuple[int, int]] = field(default_factory=list)
    actions: list[JsonObject] = field(default_factory=list)
    released: bool = False
    _readers: list[asyncio.Future[None]] = field(default_factory=list)

    def touch(self) -> int:
        """Count one more change, wake who waits for it, and return the new version."""
        self.version += 1
        self._wake_readers()
        return self.version

    def release(self) -> None:
        """End every wait, now and from now on: the server stops."""
        self.released = True
        self._wake_readers()

    async def wait_after(self, version: int, timeout: float) -> None:
        """Return when the chat's version is greater than the given one, or after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not self.released and self.version <= version and (left := deadline - time.monotonic()) > 0:
            reader: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._readers.append(reader)
            await asyncio.wait([reader], timeout=left)
            if reader in self._readers:
                self._readers.remove(reader)

    def act(self, action: str, now: int) -> None:
        """Note a chat action ("typing", "upload_photo" …)."""
        self.touch()
        self.actions.append({"action": action, "date": now, "version": self.version})
        del self.actions[:-_ACTIONS_KEPT]

    def _wake_readers(self) -> None:
        for reader in self._readers:
            if not reader.done():
                reader.set_result(None)
        self._readers.clear()


class Chats:
    """All chats, and the counter of message ids."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._chats: dict[int, Chat] = {}
        self._last_message_id = 0
        for record in journal.read("counter"):
            self._last_message_id = record["message_id"]
        for record in journal.read("message"):
            message = StoredMessage(**record)
            chat = self.of(message.wire["chat"]["id"])
            message.changed_at = chat.touch()
            chat.messages[message.message_id] = message

    def of(self, person_id: int) -> Chat:
        """Return the chat with a person; it exists as soon as the person does."""
        chat = self._chats.get(person_id)
        if chat is None:
            chat = self._chats[person_id] = Chat(person_id)
        return chat

    def release(self) -> None:
        """End every wait for news: the server stops."""
        for chat in self._chats.values():
            chat.release()

    def next_message_id(self) -> int:
        """Return a new message id. One counter for all chats, as a bot's account has in Telegram."""
        self._last_message_id += 1
        self._journal.put("counter", "messages", {"message_id": self._last_message_id})
        return self._last_message_id

    def add(self, message: StoredMessage) -> None:
        """Put a new message at the end of its chat."""
        chat = self.of(message.wire["chat"]["id"])
        chat.messages[message.message_id] = message
        self.keep(message)
        if len(chat.messages) > _MESSAGES_KEPT:
            oldest = next(iter(chat.messages))
            del chat.messages[oldest]
            self._journal.forget("message", oldest)

    def keep(self, message: StoredMessage) -> None:
        """Make a change to a message visible and durable."""
        message.changed_at = self.of(message.wire["chat"]["id"]).touch()
        self._journal.put("message", message.message_id, message.record())

    def delete(self, person_id: int, message_id: int) -> None:
        """Take a message out of its chat."""
        chat = self.of(person_id)
        del chat.messages[message_id]
        chat.deleted.append((chat.touch(), message_id))
        del chat.deleted[:-_MESSAGES_KEPT]
        self._journal.forget("message", message_id)
