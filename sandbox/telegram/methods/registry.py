"""Which function carries out which method."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from sandbox.telegram.methods import account, answering, editing, media, money, receiving, sending
from sandbox.telegram.wire import Json, JsonObject
from sandbox.telegram.world import World

Handler: TypeAlias = Callable[[World, JsonObject], Awaitable[Json]]

HANDLERS: dict[str, Handler] = {
    "getUpdates": receiving.get_updates,
    "setWebhook": receiving.set_webhook,
    "deleteWebhook": receiving.delete_webhook,
    "getWebhookInfo": receiving.get_webhook_info,
    "getMe": account.get_me,
    "getChat": account.get_chat,
    "setMyName": account.set_my_name,
    "getMyName": account.get_my_name,
    "setMyDescription": account.set_my_description,
    "getMyDescription": account.get_my_description,
    "setMyShortDescription": account.set_my_short_description,
    "getMyShortDescription": account.get_my_short_description,
    "setMyCommands": account.set_my_commands,
    "getMyCommands": account.get_my_commands,
    "deleteMyCommands": account.delete_my_commands,
    "setChatMenuButton": account.set_chat_menu_button,
    "getChatMenuButton": account.get_chat_menu_button,
    "sendMessage": sending.send_message,
    "sendChatAction": sending.send_chat_action,
    "forwardMessage": sending.forward_message,
    "copyMessage": sending.copy_message,
    "setMessageReaction": sending.set_message_reaction,
    "sendPhoto": media.send_photo,
    "sendDocument": media.send_document,
    "sendVideo": media.send_video,
    "sendAnimation": media.send_animation,
    "sendMediaGroup": media.send_media_group,
    "getFile": media.get_file,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageMedia": editing.edit_message_media,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "answerCallbackQuery": answering.answer_callback_query,
    "answerPreCheckoutQuery": answering.answer_pre_checkout_query,
    "sendInvoice": money.send_invoice,
    "refundStarPayment": money.refund_star_payment,
    "getStarTransactions": money.get_star_transactions,
    "getMyStarBalance": money.get_my_star_balance,
}
