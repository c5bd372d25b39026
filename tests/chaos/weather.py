"""What breaks, and when: drawn from a seed, one fault after the other, some of them lasting for a while."""

import random
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import httpx

from tests.chaos.house import LEASE_SECONDS, WORKERS, ChaosHouse
from tests.chaos.people import Customer

LOOK_EVERY = 1.0
"""Seconds between two looks at what Telegram refused."""
AT_ONCE = 8
"""Faults that last side by side at most."""


class Weather:
    """Breaks things in a house."""

    def __init__(self, house: ChaosHouse, rng: random.Random) -> None:
        self._house = house
        self._rng = rng
        self._over = threading.Event()
        self._lasting = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="weather")
        self._running: list[Future[None]] = []
        self._faults: dict[Callable[[], None], int] = {
            self._kill_worker: 4,
            self._kill_bot: 3,
            self._kill_api: 1,
            self._kill_vendor: 1,
            self._freeze_worker: 3,
            self._freeze_bot: 1,
            self._house.flush_redis: 2,
            self._restart_postgres: 2,
            self._cut_a_line: 3,
            self._slow_a_line: 2,
            self._stall_a_line: 1,
            self._refuse_a_line: 2,
            self._break_telegram: 4,
            self._forbid: 1,
            self._break_vendor: 8,
        }
        """Each with its weight."""

    def rage(self, seconds: float, calm: tuple[float, float]) -> None:
        """Break something, stay calm for a while drawn from these bounds, and again; returns when all has ended."""
        end = threading.Timer(seconds, self._over.set)
        end.start()
        try:
            while not self._over.wait(self._rng.uniform(*calm)):
                (fault,) = self._rng.choices(list(self._faults), list(self._faults.values()))
                fault()
        finally:
            end.cancel()
            self._over.set()
            self._lasting.shutdown()
        for lasting in self._running:
            lasting.result()

    def _kill_worker(self) -> None:
        self._house.kill(self._rng.choice(WORKERS))

    def _kill_bot(self) -> None:
        self._house.kill("bot")

    def _kill_api(self) -> None:
        self._house.kill("api")

    def _kill_vendor(self) -> None:
        self._house.kill("vendor")

    def _freeze_worker(self) -> None:
        self._hold(self._frozen(self._rng.choice(WORKERS)), LEASE_SECONDS + self._rng.uniform(1, 4))

    def _freeze_bot(self) -> None:
        self._hold(self._frozen("bot"), self._rng.uniform(1, LEASE_SECONDS + 3))

    def _restart_postgres(self) -> None:
        self._house.restart_postgres(self._rng.choice((signal.SIGINT, signal.SIGQUIT)))

    def _cut_a_line(self) -> None:
        self._house.lines[self._a_line("cut")].cut()

    def _slow_a_line(self) -> None:
        line = self._house.lines[self._a_line("slowed")]
        self._hold(line.slowed(self._rng.uniform(0.02, 0.3)), self._rng.uniform(1, 5))

    def _stall_a_line(self) -> None:
        line = self._house.lines[self._a_line("stalled")]
        self._hold(line.stalled(), self._rng.uniform(1, 6))

    def _refuse_a_line(self) -> None:
        line = self._house.lines[self._a_line("refused")]
        self._hold(line.refusing(), self._rng.uniform(0.5, 4))

    def _break_telegram(self) -> None:
        method = self._rng.choice((None, None, "sendPhoto", "sendMediaGroup", "sendMessage", "editMessageText"))
        times = self._rng.randint(1, 3)
        match self._rng.choice(("refused", "failed", "failed after all", "slow")):
            case "refused":
                self._house.break_telegram(method=method, error_code=429, retry_after=1, times=times)
            case "failed":
                self._house.break_telegram(method=method, error_code=502, times=times)
            case "failed after all":
                self._house.break_telegram(method=method, error_code=502, times=times, executed=True)
            case _:
                self._house.break_telegram(method=method, delay=self._rng.uniform(0.5, 3), times=times)

    def _forbid(self) -> None:
        method = self._rng.choice(("sendPhoto", "sendMediaGroup", "editMessageText"))
        self._house.break_telegram(method=method, error_code=403)

    def _break_vendor(self) -> None:
        times = self._rng.randint(1, 2)
        kinds = "lose_answer hang_submit hang_submit_taken hang_poll refuse fail_job slow_job fewer die sick"
        match self._rng.choice(kinds.split()):
            case "fail_job":
                whose = self._rng.choice(("vendor", "vendor", "order", "ours"))
                self._house.break_vendor("fail_job", times=times, failure_kind=whose, failure_code="vendor_hiccup")
            case "slow_job":
                self._house.break_vendor("slow_job", times=times, seconds=self._rng.uniform(3, 15))
            case ("refuse" | "hang_poll") as fault:
                self._house.break_vendor(fault, times=times * 4)
            case fault:
                self._house.break_vendor(fault, times=times)

    def _a_line(self, how: str) -> str:
        name = self._rng.choice(sorted(self._house.lines))
        self._house.struck[f"{name} {how}"] += 1
        return name

    @contextmanager
    def _frozen(self, part: str) -> Iterator[None]:
        self._house.freeze(part)
        try:
            yield
        finally:
            self._house.wake(part)

    def _hold(self, fault: AbstractContextManager[None], seconds: float) -> None:
        """Let a fault last for some seconds, at the side, or until the storm is over."""

        def last() -> None:
            with fault:
                self._over.wait(seconds)

        self._running.append(self._lasting.submit(last))


@dataclass
class Forbidden:
    """Watches whom Telegram kept the bot from: nothing can be promised to them any more."""

    house: ChaosHouse
    customers: dict[int, Customer]
    _over: threading.Event = field(default_factory=threading.Event)
    _seen: int = 0

    def watch(self) -> None:
        """Look until told to stop, and once more then."""
        with httpx.Client(base_url=self.house.sandbox_url, timeout=30) as client:
            while not self._over.wait(LOOK_EVERY):
                self._look(client)
            self._look(client)

    def stop(self) -> None:
        """That is enough."""
        self._over.set()

    def _look(self, client: httpx.Client) -> None:
        calls = client.get("/sim/calls", params={"after": self._seen}).raise_for_status().json()["calls"]
        for call in calls:
            self._seen = call["id"]
            if call["answer"].get("error_code") == 403:
                customer = self.customers.get(int(call["parameters"].get("chat_id") or 0))
                if customer is not None:
                    customer.excused = True
