"""Every network in the house is told of: where it comes from, under which licence, and why."""

import subprocess

import pytest

from tests.conftest import ROOT

MODEL_FILES = ("*.onnx", "*.pt", "*.pth", "*.safetensors", "*.tflite", "*.caffemodel", "*.bin", "*.gguf")


def bundled() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *MODEL_FILES],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    found = listed.stdout.split() if listed.returncode == 0 else []
    return found or sorted(str(path.relative_to(ROOT)) for path in (ROOT / "workers").rglob("*.onnx"))


@pytest.mark.parametrize("model", bundled())
def test_a_bundled_model_stands_in_the_table_and_has_a_page_with_its_licence(model: str) -> None:
    assert f"`{model}`" in (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    page = (ROOT / model).parent / "README.md"
    assert "licen" in page.read_text(encoding="utf-8").lower()
