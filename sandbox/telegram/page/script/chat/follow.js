// Links to this very bot: they would leave for the real Telegram, and here bring a new person by that invitation.

/**
 * Look at a pressed link.
 * @param {MouseEvent} event
 * @param {string} botName the bot's username
 * @param {(code: string|null) => void} invited
 */
export function follow(event, botName, invited) {
  const address = new URL(event.currentTarget.href);
  if (address.hostname !== "t.me" || address.pathname.slice(1) !== botName) return;
  event.preventDefault();
  invited(address.searchParams.get("start"));
}
