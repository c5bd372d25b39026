"""The logs of a job: progress lines as tqdm writes them, each at the start of a line."""

from sandbox.replicate.wire import JsonObject

_BAR = 10
_MOST_LINES = 20


def log_lines(given: JsonObject, seed: int, kind: str, progress: float) -> str:
    """Return the logs of a job that has started and whose work is done by `progress`, from 0 to 1."""
    if kind == "training":
        total, unit = _whole(given.get("steps"), 1000), "step"
        # Before its own bar the trainer draws those of what it loads.
        head = (
            "Extracting the archive and preparing the dataset\n"
            "Loading pipeline components...: 100%|██████████| 7/7 [00:02<00:00,  3.11it/s]\n"
        )
        name = "flux_train_replicate: "
    else:
        total, unit = _whole(given.get("num_inference_steps"), 20), "it"
        head = f"Using seed: {seed}\n"
        name = ""
    lines = min(total, _MOST_LINES)
    done = [total * line // lines for line in range(int(progress * lines) + 1)]
    return head + "".join(f"{name}{_line(step, total, unit)}" for step in done)


def _line(step: int, total: int, unit: str) -> str:
    filled = _BAR * step // total
    bar = "█" * filled + " " * (_BAR - filled)
    return f"{100 * step // total:3d}%|{bar}| {step}/{total} [00:00<00:00, 10.00{unit}/s]\n"


def _whole(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and value > 0 else otherwise
