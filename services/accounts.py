"""People: registration, language, rights."""

from dataclasses import dataclass, replace

from config.failpoints import Write
from db.pool import Connection, Database
from repository.admin import AdminRepository
from repository.referrals import ReferralRepository
from repository.users import Registration, User, UserRepository

LOCALES = ("ru", "en")


@dataclass(frozen=True, slots=True)
class Profile:
    """What Telegram tells of somebody."""

    user_id: int
    username: str | None
    first_name: str | None
    last_name: str | None
    language_code: str | None


class Accounts:
    """Registers people and keeps what they chose."""

    def __init__(self, db: Database, default_locale: str) -> None:
        self._db = db
        self._default_locale = default_locale

    async def register(self, profile: Profile, referral_code: str | None = None) -> Registration:
        """Welcome a person: row, account in the books, welcome tokens, who invited them and its bonus, all together.

        Somebody who is known already is returned as they are, with their names brought up to date.
        """
        names = (profile.user_id, profile.username, profile.first_name, profile.last_name)
        locale = self.locale_of(profile.language_code)
        while True:
            if referral_code is None:
                users = UserRepository(self._db.writing(Write.PERSON_REGISTER))
                registration = await users.register(*names, locale=locale)
            else:
                async with self._db.transaction(Write.PERSON_REGISTER) as tx:
                    await ReferralRepository(tx).hold_inviter(referral_code)
                    registration = await UserRepository(tx).register(*names, locale=locale)
                    if registration is not None and registration.is_stranger:
                        registration = await _invited(tx, registration, referral_code)
            if registration is not None:
                return registration

    async def get(self, user_id: int) -> User | None:
        """The person, or None for somebody we have not met."""
        return await UserRepository(self._db.reading).get_user(user_id)

    async def set_locale(self, user_id: int, locale: str) -> None:
        """Speak ru or en with the person. Raises ValueError for another language."""
        if locale not in LOCALES:
            raise ValueError(f"a locale is one of {', '.join(LOCALES)}, not {locale!r}")
        await UserRepository(self._db.writing(Write.PERSON_LOCALE)).set_locale(user_id, locale)

    async def set_blocked_bot(self, user_id: int, blocked: bool) -> None:
        """The person stopped the bot, or came back."""
        await UserRepository(self._db.writing(Write.PERSON_BLOCKED_BOT)).set_blocked_bot(user_id, blocked)

    async def grant_admin(self, user_id: int) -> None:
        """Make somebody an admin, known to the bot already or not."""
        async with self._db.transaction(Write.PERSON_ADMIN) as tx:
            users = UserRepository(tx)
            await users.create_user(user_id, None, None, None, locale=self._default_locale)
            await users.set_admin(user_id, True)

    async def ban(self, user_id: int, banned: bool) -> bool:
        """Shut a person out or let them in, who is erased meanwhile as well; False for an unknown id."""
        return await AdminRepository(self._db.writing(Write.PERSON_BAN)).block_user(user_id, blocked=banned)

    def locale_of(self, language_code: str | None) -> str:
        """The language to speak with somebody whose Telegram speaks this one (an IETF tag, or None where untold)."""
        primary = (language_code or "").split("-")[0].lower()
        if primary in LOCALES:
            return primary
        return "en" if primary else self._default_locale


async def _invited(tx: Connection, registration: Registration, referral_code: str) -> Registration:
    """The same registration with what the invitation brought."""
    person = registration.person
    tokens = await ReferralRepository(tx).accept_invitation(person.user_id, referral_code)
    return replace(
        registration,
        person=replace(person, tokens_left=person.tokens_left + tokens),
        welcome_tokens=registration.welcome_tokens + tokens,
        invited_tokens=tokens,
    )
