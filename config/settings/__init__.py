"""Every setting, read from the environment and `.env`. Business (prices, styles) lives in the database, not here.

A wrong setting stops the start with one line that names it and says what is allowed.
"""

from config.settings.allowed import BackendName, WrongSetting
from config.settings.given import Life
from config.settings.reading import Settings, load_settings, settings_or_exit
from config.settings.stores import SERVERS_FILE
from config.settings.telegram import SANDBOX_TOKEN
from config.settings.vendors import REPLICATE, RUNWARE, SANDBOX_VENDOR_KEY, SANDBOX_WEBHOOK_SECRET

__all__ = [
    "REPLICATE",
    "RUNWARE",
    "SANDBOX_TOKEN",
    "SANDBOX_VENDOR_KEY",
    "SANDBOX_WEBHOOK_SECRET",
    "SERVERS_FILE",
    "BackendName",
    "Life",
    "Settings",
    "WrongSetting",
    "load_settings",
    "settings_or_exit",
]
