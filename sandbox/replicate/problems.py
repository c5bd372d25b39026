"""What the server refuses, in Replicate's words where they are known, and why a task fails."""

from sandbox.replicate.wire import JsonObject


class Problem(Exception):
    """A request that Replicate refuses: HTTP status, title and detail, as problem details (RFC 7807)."""

    def __init__(self, status: int, detail: str, title: str | None = None, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.title = title
        self.more = more
        self.headers: dict[str, str] = {}

    def body(self) -> JsonObject:
        """Return the refusal as the body of an answer."""
        body: JsonObject = {"detail": self.detail, "status": self.status, **self.more}
        if self.title is not None:
            body["title"] = self.title
        return body


class TaskFailed(Exception):
    """A model could not do its work; its words become the prediction's `error`."""


def unauthenticated() -> Problem:
    """The answer to no token, or a wrong one."""
    return Problem(401, "You did not pass a valid authentication token", "Unauthenticated")


def insufficient_credit() -> Problem:
    """The answer to a new prediction when the balance is spent."""
    return Problem(
        402,
        "You have insufficient credit to run this model. Once you purchase credit, please wait a few minutes before"
        " trying again.",
        "Insufficient credit",
    )


def forbidden(detail: str) -> Problem:
    """The answer to what belongs to somebody else."""
    return Problem(403, detail, "Permission denied")


def not_found() -> Problem:
    """The answer to what does not exist, or may not be used by this door."""
    return Problem(404, "The requested resource could not be found.", "Not found")


def already_exists() -> Problem:
    """The answer to a model that is created twice."""
    return Problem(409, "A model with that name and owner already exists", "Conflict")


def invalid_version() -> Problem:
    """The answer to a version that is not known."""
    return Problem(
        422,
        "The specified version does not exist (or perhaps you don't have permission to use it?)",
        "Invalid version or not permitted",
    )


def invalid_input(reasons: list[str]) -> Problem:
    """The answer to inputs that the model's schema does not allow; a line for each."""
    return Problem(422, "".join(f"- {reason}\n" for reason in reasons), "Input validation failed")


def invalid_body(reasons: list[str]) -> Problem:
    """The answer to a body with a field that is missing, wrong or unknown at the top level."""
    return Problem(
        422,
        "".join(f"- {reason}\n" for reason in reasons),
        "Input validation failed",
        invalid_fields=[{"field": "", "description": reason} for reason in reasons],
    )


def throttled(retry_after: int | None) -> Problem:
    """The answer to too many requests; only where `retry_after` (seconds) is given there is a header."""
    problem = Problem(429, f"Request was throttled. Your rate limit resets in ~{retry_after or 30}s.")
    if retry_after is not None:
        problem.headers["Retry-After"] = str(retry_after)
    return problem
