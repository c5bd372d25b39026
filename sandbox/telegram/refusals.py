"""The server's refusals, in Telegram's own words where its words are known."""

from sandbox.telegram.wire import JsonObject


class Refusal(Exception):
    """A call that Telegram refuses: HTTP status, description and response parameters."""

    def __init__(self, error_code: int, description: str, parameters: JsonObject | None = None) -> None:
        super().__init__(description)
        self.error_code = error_code
        self.description = description
        self.parameters = parameters

    def body(self) -> JsonObject:
        """Return the refusal as a Bot API answer."""
        body: JsonObject = {"ok": False, "error_code": self.error_code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(reason: str) -> Refusal:
    """A 400 with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {reason}")


def unauthorized() -> Refusal:
    """The answer to a wrong token."""
    return Refusal(401, "Unauthorized")


def invalid_token() -> Refusal:
    """The answer to what cannot be a token."""
    return Refusal(401, "Unauthorized: invalid token specified")


def unallowed_token() -> Refusal:
    """The answer to a token without a bot's number."""
    return Refusal(421, "Misdirected Request: unallowed token specified")


def blocked_by_user() -> Refusal:
    """The answer to writing to a person who blocked the bot."""
    return Refusal(403, "Forbidden: bot was blocked by the user")


def user_is_deactivated() -> Refusal:
    """The answer to writing to a person whose account is deleted."""
    return Refusal(403, "Forbidden: user is deactivated")


def cannot_initiate() -> Refusal:
    """The answer to writing to a person whom the bot knows, but who has never pressed Start."""
    return Refusal(403, "Forbidden: bot can't initiate conversation with a user")


def logged_out() -> Refusal:
    """The answer to a bot that has called logOut."""
    return Refusal(400, "Logged out")


def not_found() -> Refusal:
    """The answer to a method that the Bot API does not have, or a file that is not there."""
    return Refusal(404, "Not Found")


def conflict(reason: str) -> Refusal:
    """The answer to two ways of receiving updates at once."""
    return Refusal(409, f"Conflict: {reason}")


def upload_too_large() -> Refusal:
    """The answer to an upload above what a bot may send."""
    return Refusal(413, "Request Entity Too Large")


def too_many_requests(retry_after: int) -> Refusal:
    """The flood answer; `retry_after` is in seconds."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def not_implemented(method: str) -> Refusal:
    """A method that Telegram has and this server does not: said plainly, so that nobody hunts a typo."""
    return Refusal(501, f"Not Implemented: the sandbox does not speak {method}")


def query_too_old() -> Refusal:
    """The answer to a second or a late answer to a press or a pre-checkout."""
    return bad_request("query is too old and response timeout expired or query ID is invalid")
