"""The one menu message of a chat: edited in place while it is in use, sent anew where it is out of sight.

Which message it is stands in the dialog's data in Redis, beside what it shows. The dialog's state belongs to the
screen: whatever is shown says what the bot waits for. A Redis that lost everything costs one old message with live
buttons, nothing more.
"""

import html
from collections.abc import Callable
from contextlib import suppress

from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.types import (
    InaccessibleMessage,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaAnimation,
    InputMediaPhoto,
    Message,
    ReplyParameters,
)

from bot.screen_picture import ScreenPicture
from bot.stored_picture import telegram_name_of

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
        of_use: Callable[[InlineKeyboardMarkup | None], InlineKeyboardMarkup | None] | None = None,
    ) -> None:
        """of_use: what of a keyboard is shown to this person; all of it where nothing is given."""
        self._bot = bot
        self._chat_id = chat_id
        self._state = state
        self._waited_for = waited_for
        """The dialog's state as it stands in Redis."""
        self._of_use = of_use
        # Telegram tells nothing of a message that is too old, and does not let it be edited either.
        self._pressed = pressed if isinstance(pressed, Message) else None

    def below(self) -> "Screen":
        """The same screen at the end of the chat: the message that was pressed stays as it is."""
        return Screen(self._bot, self._chat_id, self._state, self._waited_for, of_use=self._of_use)

    async def show(
        self,
        text: str,
        keyboard: InlineKeyboardMarkup | None,
        *,
        picture: ScreenPicture | None = None,
        waits_for: State | None = None,
        reply_to: int | None = None,
        **remembered: int | str | None,
    ) -> int:
        """Show words and buttons, under a picture or alone; returns the message_id.

        waits_for: the dialog's state from now on. reply_to: a message that a new screen refers to.
        remembered: the dialog's data from now on.
        Raises FileNotFound where the picture's bytes are gone, TelegramBadRequest where Telegram refuses it; the screen
        then shows what it did before.
        """
        keyboard = self._of_use(keyboard) if self._of_use else keyboard
        reply = ReplyParameters(message_id=reply_to, allow_sending_without_reply=True) if reply_to else None
        if picture is None:
            message_id = await self._show_text(text, keyboard, reply)
        else:
            message_id = await self._show_picture(picture, text, keyboard, reply)
        await self._settle(message_id, waits_for, remembered)
        return message_id

    async def hand_over(self) -> None:
        """Somebody else keeps the message up from now on; the next screen is a new one."""
        await self._state.set_data({})

    async def take_away(self, message_id: int) -> None:
        """Delete a message of the bot; one that is too old for that loses its buttons."""
        try:
            await self._bot.delete_message(self._chat_id, message_id)
        except TelegramBadRequest as error:
            if "not found" not in error.message:  # the person deleted it
                await self._disarm(message_id)

    async def remembered(self) -> dict[str, int | str]:
        """What the dialog keeps beside the screen."""
        kept: dict[str, int | str] = await self._state.get_data()
        return {name: value for name, value in kept.items() if name != "screen"}

    async def _show_text(self, text: str, keyboard: InlineKeyboardMarkup | None, reply: ReplyParameters | None) -> int:
        edited = await self._edit_text(text, keyboard)
        if edited is not None:
            return edited
        sent = await self._bot.send_message(self._chat_id, text, reply_markup=keyboard, reply_parameters=reply)
        return sent.message_id

    async def _show_picture(
        self,
        picture: ScreenPicture,
        caption: str,
        keyboard: InlineKeyboardMarkup | None,
        reply: ReplyParameters | None,
    ) -> int:
        """By Telegram's name where there is one that it still knows, else by the bytes, whose name is then kept."""
        known = await picture.telegram_file_id()
        if known is not None:
            try:
                return (await self._put_picture(picture, known, caption, keyboard, reply)).message_id
            except TelegramBadRequest:
                pass  # the name belongs to another bot, or Telegram forgot it
        content = await picture.upload()
        with suppress(TelegramAPIError):  # a courtesy
            action = ChatAction.UPLOAD_VIDEO if picture.is_moving else ChatAction.UPLOAD_PHOTO
            await self._bot.send_chat_action(self._chat_id, action)
        shown = await self._put_picture(picture, content, caption, keyboard, reply)
        if (name := telegram_name_of(shown)) is not None:
            await picture.keep(name)
        return shown.message_id

    async def _put_picture(
        self,
        picture: ScreenPicture,
        media: InputFile | str,
        caption: str,
        keyboard: InlineKeyboardMarkup | None,
        reply: ReplyParameters | None,
    ) -> Message:
        edited = await self._edit_picture(picture, media, caption, keyboard)
        if edited is not None:
            return edited
        if picture.is_moving:
            return await self._bot.send_animation(
                self._chat_id, media, caption=caption, reply_markup=keyboard, reply_parameters=reply
            )
        return await self._bot.send_photo(
            self._chat_id, media, caption=caption, reply_markup=keyboard, reply_parameters=reply
        )

    async def _edit_text(self, text: str, keyboard: InlineKeyboardMarkup | None) -> int | None:
        """Turn the pressed message into these words, or None where that cannot be."""
        if self._pressed is None or self._pressed.text is None:
            return None
        if _says(self._pressed, text, keyboard):  # who presses what is chosen already: Telegram would refuse the edit
            return self._pressed.message_id
        try:
            await self._bot.edit_message_text(
                text, chat_id=self._chat_id, message_id=self._pressed.message_id, reply_markup=keyboard
            )
        except TelegramBadRequest as error:
            if _NOT_MODIFIED not in error.message:
                return None  # deleted, or older than Telegram lets bots edit: a new message serves as well
        return self._pressed.message_id

    async def _edit_picture(
        self,
        picture: ScreenPicture,
        media: InputFile | str,
        caption: str,
        keyboard: InlineKeyboardMarkup | None,
    ) -> Message | None:
        """Turn the pressed message into this picture, or None where that cannot be. Words may become a picture."""
        if self._pressed is None:
            return None
        shown = telegram_name_of(self._pressed)
        if shown is None and self._pressed.text is None:
            return None
        if shown is not None and shown == media and _says(self._pressed, caption, keyboard):
            return self._pressed
        of_its_kind = InputMediaAnimation if picture.is_moving else InputMediaPhoto
        try:
            edited = await self._bot.edit_message_media(
                of_its_kind(media=media, caption=caption),
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


def _says(message: Message, words: str, keyboard: InlineKeyboardMarkup | None) -> bool:
    """Whether a message shows these words and buttons already; where in doubt it does not."""
    if html.unescape(message.html_text).strip() != html.unescape(words).strip():
        return False
    shown = message.reply_markup.model_dump(exclude_none=True) if message.reply_markup else None
    return shown == (keyboard.model_dump(exclude_none=True) if keyboard else None)
