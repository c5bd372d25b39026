"""The way to what is written while a model is trained."""

import subprocess
import sys

from tests.chaos.scenarios import Stage
from tests.conftest import ROOT


def train_a_model(stage: Stage) -> None:
    """A training dies at the point, and comes to its end when it is begun once more: see training_once."""
    command = [
        *(sys.executable, "-m", "tests.chaos.training_once"),
        *(str(stage.customer.user_id), str(stage.house.folder / f"training-{stage.customer.user_id}")),
    ]
    stage.arm()
    died = subprocess.run(command, cwd=ROOT, env=stage.house.environment, capture_output=True, check=False)
    assert died.returncode < 0, f"the training did not die: {died.stderr.decode()}"
    again = subprocess.run(command, cwd=ROOT, env=stage.house.environment, capture_output=True, check=False)
    assert again.returncode == 0, again.stderr.decode()
