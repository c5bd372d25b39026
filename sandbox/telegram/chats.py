"""Private chats: messages, chat actions, drafts, and the version by which a reader waits for the next change."""

import asyncio
import time
from collections import deque
from dataclasses import asdict, dataclass, field

from sandbox.stand_in.journal import Journal
from sandbox.telegram.invoices import Bill
from sandbox.telegram.wire import JsonObject

# A bench sends to one chat for minutes; a person never scrolls back so far.
_MESSAGES_KEPT = 2000
# Of all chats together: what a long bench may leave in memory.
_ALL_MESSAGES_KEPT = 20_000
_ACTIONS_KEPT = 50
DRAFT_SECONDS = 30.0


@dataclass(slots=True)
class StoredMessage:
    """A message: its Bot API form, and what Telegram knows about it beyond that."""

    wire: JsonObject
    from_bot: bool
    changed_at: int = 0
    reply_keyboard: JsonObject | None = None
    bill: Bill | None = None
    charge_id: str | None = None
    reaction: str | None = None
    person_reaction: str | None = None
    is_pinned: bool = False

    @property
    def message_id(self) -> int:
        """The message's id, unique across all chats of the bot."""
        return int(self.wire["message_id"])

    def record(self) -> JsonObject:
        """Return the message as a durable record."""
        record: JsonObject = {"wire": self.wire, "from_bot": self.from_bot}
        for name in ("reply_keyboard", "charge_id", "reaction", "person_reaction"):
            if (value := getattr(self, name)) is not None:
                record[name] = value
        if self.is_pinned:
            record["is_pinned"] = True
        if self.bill is not None:
            record["bill"] = asdict(self.bill)
        return record


def read_message(record: JsonObject) -> StoredMessage:
    """Return a message from its durable record."""
    bill = record.get("bill")
    payload = record.pop("invoice_payload", None)
    if payload is not None and bill is None:
        # As an earlier version of the server kept it.
        invoice = record["wire"]["invoice"]
        bill = {"currency": invoice["currency"], "amount": invoice["total_amount"], "payload": payload}
    return StoredMessage(**{**record, "bill": Bill(**bill) if bill else None})


@dataclass(slots=True)
class Chat:
    """One private chat as both sides see it; every change makes its version greater."""

    person_id: int
    version: int = 0
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    deleted: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_MESSAGES_KEPT))
    actions: deque[JsonObject] = field(default_factory=lambda: deque(maxlen=_ACTIONS_KEPT))
    drafts: dict[int, JsonObject] = field(default_factory=dict)
    stopped_drafts: set[int] = field(default_factory=set)
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

    def pinned(self) -> StoredMessage | None:
        """Return the newest pinned message, or None."""
        return next((message for message in reversed(self.messages.values()) if message.is_pinned), None)

    def act(self, action: str, now: int) -> None:
        """Note a chat action ("typing", "upload_photo" …)."""
        self.touch()
        self.actions.append({"action": action, "date": now, "version": self.version})

    def show_draft(self, draft_id: int, draft: JsonObject, now: float) -> None:
        """Show a draft in the place of the one before it, for thirty seconds. One that was stopped stays so."""
        if draft_id in self.stopped_drafts:
            return
        self.drafts.clear()
        self.drafts[draft_id] = {**draft, "draft_id": draft_id, "until": now + DRAFT_SECONDS}
        self.touch()

    def shown_draft(self, now: float) -> JsonObject | None:
        """Return the draft that the person sees now, or None."""
        return next((draft for draft in self.drafts.values() if draft["until"] > now), None)

    def stop_draft(self, draft: JsonObject) -> None:
        """Take no more of a draft, and take it away unless the bot wants it kept."""
        self.stopped_drafts.add(draft["draft_id"])
        draft["can_stop"] = False
        if not draft["keep_on_stop"]:
            self.drafts.clear()
        self.touch()

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
        # Every message by age, with its chat; ids of deleted ones stay until their turn.
        self._by_age: deque[tuple[int, int]] = deque()
        self._last_message_id = 0
        for record in journal.read("counter"):
            self._last_message_id = record["message_id"]
        for record in journal.read("message"):
            message = read_message(record)
            chat = self.of(message.wire["chat"]["id"])
            message.changed_at = chat.touch()
            chat.messages[message.message_id] = message
            self._by_age.append((chat.person_id, message.message_id))

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
        """Put a new message at the end of its chat; the oldest goes where there are too many."""
        chat = self.of(message.wire["chat"]["id"])
        chat.messages[message.message_id] = message
        self._by_age.append((chat.person_id, message.message_id))
        self.keep(message)
        if len(chat.messages) > _MESSAGES_KEPT:
            self._forget(chat, next(iter(chat.messages)))
        while len(self._by_age) > _ALL_MESSAGES_KEPT:
            person_id, message_id = self._by_age.popleft()
            self._forget(self.of(person_id), message_id)

    def keep(self, message: StoredMessage) -> None:
        """Make a change to a message visible and durable."""
        message.changed_at = self.of(message.wire["chat"]["id"]).touch()
        self._journal.put("message", message.message_id, message.record())

    def delete(self, person_id: int, message_id: int) -> None:
        """Take a message out of its chat."""
        chat = self.of(person_id)
        self._forget(chat, message_id)
        chat.deleted.append((chat.touch(), message_id))

    def _forget(self, chat: Chat, message_id: int) -> None:
        if chat.messages.pop(message_id, None) is not None:
            self._journal.forget("message", message_id)
