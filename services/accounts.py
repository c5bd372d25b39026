"""People: registration, language, rights."""

from dataclasses import dataclass

from config.failpoints import Write
from db.pool import Database
from repository.admin import AdminRepository
from repository.catalogue import CatalogueRepository
from repository.ledger import LedgerRepository
from repository.referrals import ReferralRepository
from repository.users import User, UserRepository

LOCALES = ("ru", "en")


@dataclass(frozen=True, slots=True)
class Profile:
    """What Telegram tells of somebody."""

    user_id: int
    username: str | None
    first_name: str | None
    last_name: str | None
    language_code: str | None


@dataclass(frozen=True, slots=True)
class Registration:
    """A person, and what the first meeting brought."""

    person: User
    is_new: bool
    welcome_tokens: int


class Accounts:
    """Registers people and keeps what they chose."""

    def __init__(self, db: Database, default_locale: str) -> None:
        self._db = db
        self._default_locale = default_locale

    async def register(self, profile: Profile, referral_code: str | None = None) -> Registration:
        """Welcome a person: row, account in the books, welcome tokens and who invited them, once and together.

        Somebody who is known already is returned as they are, with their names brought up to date.
        """
        async with self._db.transaction(Write.PERSON_REGISTER) as tx:
            users = UserRepository(tx)
            is_new = await users.create_user(
                profile.user_id,
                profile.username,
                profile.first_name,
                profile.last_name,
                locale=self.locale_of(profile.language_code),
            )
            welcome = 0
            if is_new:
                welcome = await CatalogueRepository(tx).get_bonus("welcome")
                # Once in a lifetime: somebody who had their data erased and comes back finds the key used.
                if welcome and not await LedgerRepository(tx).credit(
                    profile.user_id,
                    welcome,
                    source="bonus",
                    kind="welcome",
                    key=f"welcome:{profile.user_id}",
                ):
                    welcome = 0
                await self._note_inviter(ReferralRepository(tx), profile.user_id, referral_code)
            else:
                await users.rename(profile.user_id, profile.username, profile.first_name, profile.last_name)
            person = await users.get_user(profile.user_id)
        assert person is not None  # written in this transaction
        return Registration(person, is_new, welcome)

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
        """Shut a person out or let them in; False for an unknown id."""
        return await AdminRepository(self._db.writing(Write.PERSON_BAN)).block_user(user_id, blocked=banned)

    def locale_of(self, language_code: str | None) -> str:
        """The language to speak with somebody whose Telegram speaks this one (an IETF tag, or None where untold)."""
        primary = (language_code or "").split("-")[0].lower()
        if primary in LOCALES:
            return primary
        return "en" if primary else self._default_locale

    async def _note_inviter(self, referrals: ReferralRepository, user_id: int, referral_code: str | None) -> None:
        if not referral_code:
            return
        inviter = await referrals.find_referrer(referral_code)
        if inviter is not None:
            await referrals.process_referral(inviter, user_id)
