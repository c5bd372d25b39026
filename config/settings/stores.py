"""Where what the house keeps lies: PostgreSQL, Redis, pictures."""

import json
from urllib.parse import quote

from config.settings.allowed import WrongSetting
from config.settings.given import GivenSettings

SERVERS_FILE = "servers.json"
"""Where the embedded servers' addresses are kept, inside the data folder."""


class StoreSettings(GivenSettings):
    """The addresses of database, Redis and storage: those that were given, or our own servers' and folder."""

    @property
    def database_name(self) -> str:
        """The database of this life, where no DATABASE_URL names another."""
        return self.db_name or ("dreamphoto_sandbox" if self.sandbox else "dreamphoto")

    @property
    def has_external_database(self) -> bool:
        """Whether somebody else runs PostgreSQL."""
        return bool(self.database_url or self.db_host)

    @property
    def database_dsn(self) -> str:
        """Where PostgreSQL is. Raises WrongSetting where there is none yet."""
        if self.database_url:
            return self.database_url
        if self.db_host:
            password = f":{quote(self.db_password, safe='')}" if self.db_password else ""
            user = quote(self.db_user, safe="")
            return f"postgresql://{user}{password}@{self.db_host}:{self.db_port}/{self.database_name}"
        return f"{self._embedded('postgres')}/{self.database_name}"

    @property
    def redis_dsn(self) -> str:
        """Where Redis or Valkey is. Raises WrongSetting where there is none yet."""
        return self.redis_url or self._embedded("redis")

    @property
    def storage_base(self) -> str:
        """Where pictures lie."""
        return self.storage_url or (self.data_dir.resolve() / self.life / "files").as_uri()

    @property
    def s3(self) -> dict[str, str]:
        """Access to S3, as far as it is given."""
        given = {
            "endpoint": self.s3_endpoint,
            "access_key_id": self.s3_access_key,
            "secret_access_key": self.s3_secret_key,
            "region": self.s3_region,
        }
        return {name: value for name, value in given.items() if value}

    def _embedded(self, server: str) -> str:
        """The address that the embedded server left in the data folder."""
        servers = self.data_dir / SERVERS_FILE
        try:
            address: str = json.loads(servers.read_text())[server]
        except (FileNotFoundError, KeyError, json.JSONDecodeError) as error:
            name = "DATABASE_URL" if server == "postgres" else "REDIS_URL"
            raise WrongSetting(f"{name} is not set and no server runs from {self.data_dir}: start ./run.sh") from error
        return address
