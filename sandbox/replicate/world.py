"""Everything the server knows, built once and handed to whoever needs it."""

from dataclasses import dataclass
from pathlib import Path

from sandbox.replicate.clock import Clock
from sandbox.replicate.faults import Faults
from sandbox.replicate.fetching import Fetching
from sandbox.replicate.jobs import Jobs
from sandbox.replicate.ledger import Ledger
from sandbox.replicate.making.studio import Studio
from sandbox.replicate.models import Models
from sandbox.replicate.outputs import Outputs
from sandbox.replicate.requests import Requests
from sandbox.replicate.runner import Runner
from sandbox.replicate.settings import Settings
from sandbox.replicate.uploads import Uploads
from sandbox.replicate.webhooks import Webhooks
from sandbox.stand_in.journal import Journal


@dataclass(frozen=True, slots=True)
class World:
    """The state of the sandbox: one account, its jobs, models and files."""

    settings: Settings
    clock: Clock
    journal: Journal
    ledger: Ledger
    faults: Faults
    requests: Requests
    models: Models
    jobs: Jobs
    uploads: Uploads
    outputs: Outputs
    webhooks: Webhooks
    runner: Runner


def open_world(settings: Settings, state_dir: Path) -> World:
    """Read the state that an earlier server left in a folder, or begin a new one there."""
    clock = Clock()
    journal = Journal(state_dir / "replicate.sqlite3")
    ledger = Ledger(state_dir / "ledger.jsonl")
    faults = Faults()
    models = Models(journal)
    jobs = Jobs(journal, clock, settings)
    uploads = Uploads(state_dir / "uploads", journal, clock)
    outputs = Outputs(state_dir / "files", clock, settings)
    webhooks = Webhooks(settings, faults, clock)
    studio = Studio(models, Fetching(uploads, outputs), outputs, settings)
    return World(
        settings=settings,
        clock=clock,
        journal=journal,
        ledger=ledger,
        faults=faults,
        requests=Requests(),
        models=models,
        jobs=jobs,
        uploads=uploads,
        outputs=outputs,
        webhooks=webhooks,
        runner=Runner(jobs, models, studio, ledger, webhooks, settings, clock),
    )
