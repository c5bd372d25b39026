"""The one menu message of a chat: edited in place while it is in use, sent anew where it is out of sight.

Which message it is stands in the dialog's data in Redis, beside what it shows. The dialog's state belongs to the
screen: whatever is shown says what the bot waits for. A Redis that lost everything costs one old message with live
buttons, nothing more.
"""

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.types import (
    InaccessibleMessage,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    Message,
    ReplyParameters,
)

_NOT_MODIFIED = "message is not modified"


class Screen:
    """The menu message of one chat, as far as one update can see it."""

    def __init__(
        self,
        bot: Bot,
        chat_id: int,
        state: FSMContext,
        waited_for: str | None,
        pressed: Message | InaccessibleMessage | None = None,
    ) -> None:
        self._bot = bot
        self._chat_id = chat_id
        self._state = state
        self._waited_for = waited_for
        """The dialog's state as it stands in Redis."""
        # Telegram tells nothing of a message that is too old, and does not let it be edited either.
        self._pressed = pressed if isinstance(pressed, Message) else None

    def below(self) -> "Screen":
        """The same screen at the end of the chat: the message that was pressed stays as it is."""
        return Screen(self._bot, self._chat_id, self._state, self._waited_for)

    async def show(
        self,
        text: str,
        keyboard: InlineKeyboardMarkup | None,
        *,
        waits_for: State | None = None,
        reply_to: int | None = None,
        **remembered: int | str | None,
    ) -> int:
        """Show words and buttons; returns the message_id.

        waits_for: the dialog's state from now on. reply_to: a message that a new screen refers to.
        remembered: the dialog's data from now on.
        """
        message_id = await self._edit_text(text, keyboard)
        if message_id is None:
            reply = ReplyParameters(message_id=reply_to, allow_sending_without_reply=True) if reply_to else None
            sent = await self._bot.send_message(self._chat_id, text, reply_markup=keyboard, reply_parameters=reply)
            message_id = sent.message_id
        await self._settle(message_id, waits_for, remembered)
        return message_id

    async def show_picture(
        self, picture: InputFile | str, caption: str, keyboard: InlineKeyboardMarkup | None
    ) -> Message:
        """Show a picture (an upload, or Telegram's file_id) with words and buttons; returns the message.

        Raises TelegramBadRequest where Telegram refuses the picture; the screen then shows what it did before.
        """
        shown = await self._edit_picture(picture, caption, keyboard)
        if shown is None:
            shown = await self._bot.send_photo(self._chat_id, picture, caption=caption, reply_markup=keyboard)
        await self._settle(shown.message_id, None, {})
        return shown

    async def hand_over(self) -> None:
        """Somebody else keeps the message up from now on; the next screen is a new one."""
        await self._state.set_data({})

    async def take_away(self, message_id: int) -> None:
        """Delete a message of the bot; one that is too old for that loses its buttons."""
        try:
            await self._bot.delete_message(self._chat_id, message_id)
        except TelegramBadRequest:
            await self._disarm(message_id)

    async def remembered(self) -> dict[str, int | str]:
        """What the dialog keeps beside the screen."""
        kept: dict[str, int | str] = await self._state.get_data()
        return {name: value for name, value in kept.items() if name != "screen"}

    async def _edit_text(self, text: str, keyboard: InlineKeyboardMarkup | None) -> int | None:
        """Turn the pressed message into these words, or None where that cannot be."""
        if self._pressed is None or self._pressed.text is None:
            return None
        try:
            await self._bot.edit_message_text(
                text, chat_id=self._chat_id, message_id=self._pressed.message_id, reply_markup=keyboard
            )
        except TelegramBadRequest as error:
            if _NOT_MODIFIED not in error.message:
                return None  # deleted, or older than Telegram lets bots edit: a new message serves as well
        return self._pressed.message_id

    async def _edit_picture(
        self, picture: InputFile | str, caption: str, keyboard: InlineKeyboardMarkup | None
    ) -> Message | None:
        if self._pressed is None or not self._pressed.photo:
            return None
        try:
            edited = await self._bot.edit_message_media(
                InputMediaPhoto(media=picture, caption=caption),
                chat_id=self._chat_id,
                message_id=self._pressed.message_id,
                reply_markup=keyboard,
            )
        except TelegramBadRequest as error:
            return self._pressed if _NOT_MODIFIED in error.message else None
        return edited if isinstance(edited, Message) else self._pressed

    async def _settle(self, message_id: int, waits_for: State | None, remembered: dict[str, int | str | None]) -> None:
        """Remember what is shown now, and take away what was shown before."""
        before = await self._state.get_data()
        after = {"screen": message_id} | {name: value for name, value in remembered.items() if value is not None}
        if after != before:
            await self._state.set_data(after)
        waited_for = waits_for.state if waits_for else None
        if waited_for != self._waited_for:
            await self._state.set_state(waits_for)
            self._waited_for = waited_for
        outdated = {before.get("screen"), self._pressed.message_id if self._pressed else None}
        for old in outdated:
            if old is not None and old != message_id:
                await self.take_away(old)

    async def _disarm(self, message_id: int) -> None:
        """Take the buttons from a message that is too old to be deleted."""
        try:
            await self._bot.edit_message_reply_markup(chat_id=self._chat_id, message_id=message_id, reply_markup=None)
        except TelegramBadRequest:
            return  # the person deleted it
