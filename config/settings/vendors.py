"""Who makes the pictures: the vendors, or what stands in for them, and how each is reached."""

from urllib.parse import urlsplit

from config.settings.allowed import TRAINERS, BackendName
from config.settings.given import GivenSettings

SANDBOX_VENDOR_KEY = "sandbox-only-this-machine-knows-it"
SANDBOX_WEBHOOK_SECRET = "whsec_c2FuZGJveC1vbmx5LXRoaXMtbWFjaGluZS1rbm93cy1pdA=="  # noqa: S105 - as SANDBOX_TOKEN
RUNWARE = "wss://ws-api.runware.ai/v1"
REPLICATE = "https://api.replicate.com"


class VendorSettings(GivenSettings):
    """The vendors that are used, with their addresses and keys."""

    @property
    def chosen_image_backends(self) -> tuple[BackendName, ...]:
        """Who makes pictures, in the order of preference."""
        with_key: list[BackendName] = []
        if self.runware_api_key:
            with_key.append("runware")
        if self.replicate_api_token:
            with_key.append("replicate")
        return self.image_backends or tuple(with_key) or ("preview",)

    @property
    def chosen_training_backends(self) -> tuple[BackendName, ...]:
        """Who trains personal models, in the order of preference; empty where nobody here can.

        The preview is among them only where it stands first: behind a vendor it would sell a demo model as a real one.
        """
        listed = self.training_backends or self.chosen_image_backends
        is_preview_meant = listed[:1] == ("preview",)
        return tuple(name for name in listed if name in TRAINERS and (name != "preview" or is_preview_meant))

    @property
    def train_only(self) -> frozenset[BackendName]:
        """Those that are listed for trainings alone."""
        return frozenset(self.chosen_training_backends) - frozenset(self.chosen_image_backends)

    @property
    def enlarge_only(self) -> frozenset[BackendName]:
        """The preview behind a vendor: enlarging is real, while its pictures would be sold as the vendor's."""
        return frozenset(name for name in self.chosen_image_backends[1:] if name == "preview")

    @property
    def used_backends(self) -> tuple[BackendName, ...]:
        """All that are used for anything."""
        return tuple(dict.fromkeys((*self.chosen_image_backends, *self.chosen_training_backends)))

    @property
    def vendor_sandboxes(self) -> dict[BackendName, int]:
        """The vendors that are listed with neither key nor address: our stand-ins take their place, on these ports."""
        listed: dict[BackendName, tuple[str, int]] = {
            "runware": (self.runware_api_key or self.runware_ws_url, self.sandbox_port + 1),
            "replicate": (self.replicate_api_token or self.replicate_base_url, self.sandbox_port + 2),
        }
        named = (*self.image_backends, *self.training_backends)
        return {name: port for name, (given, port) in listed.items() if name in named and not given}

    @property
    def runware_key(self) -> str:
        """The key that is really used."""
        return self.runware_api_key or SANDBOX_VENDOR_KEY

    @property
    def runware_url(self) -> str:
        """The WebSocket of Runware, or of what stands in for it."""
        port = self.vendor_sandboxes.get("runware")
        return self.runware_ws_url or (f"ws://127.0.0.1:{port}/v1" if port else RUNWARE)

    @property
    def replicate_token(self) -> str:
        """The token that is really used."""
        return self.replicate_api_token or SANDBOX_VENDOR_KEY

    @property
    def replicate_url(self) -> str:
        """The API of Replicate, or of what stands in for it."""
        port = self.vendor_sandboxes.get("replicate")
        return self.replicate_base_url or (f"http://127.0.0.1:{port}" if port else REPLICATE)

    @property
    def replicate_signing_secret(self) -> str:
        """What Replicate's webhooks are signed with; empty where that is not known and none are asked for."""
        return self.replicate_webhook_secret or (SANDBOX_WEBHOOK_SECRET if "replicate" in self.vendor_sandboxes else "")

    @property
    def vendor_places(self) -> frozenset[tuple[str, int]]:
        """Host and port of each vendor whose address was set: a stand-in may well be on this machine."""
        places = set()
        for address, default in ((self.runware_url, RUNWARE), (self.replicate_url, REPLICATE)):
            parts = urlsplit(address)
            if address != default and parts.hostname:
                places.add((parts.hostname, parts.port or (443 if parts.scheme in ("https", "wss") else 80)))
        return frozenset(places)

    def is_reached_by(self, vendor: BackendName) -> bool:
        """Whether this vendor may be asked for webhooks: a stand-in is on this machine, a real one needs an address.

        Replicate's must be signed as well.
        """
        has_way = bool(self.public_base_url) or vendor in self.vendor_sandboxes
        return has_way and bool(self.jwt_secret) and (vendor != "replicate" or bool(self.replicate_signing_secret))
