"""What the operator reads on the terminal."""

from config.settings import Settings


def say(line: str) -> None:
    """Tell the operator."""
    print(line, flush=True)


def announce(settings: Settings) -> None:
    """Tell that every part answers, and where."""
    say("")
    say("Dream Photo is ready")
    if settings.sandbox:
        say(f"  chat with the bot   http://127.0.0.1:{settings.sandbox_port}/")
    for vendor, port in settings.vendor_sandboxes.items():
        say(f"  {vendor:<9} stand-in  http://127.0.0.1:{port}/sim/ledger")
    say(f"  API and its docs    http://{settings.api_host}:{settings.api_port}/docs")
    say(f"  logs                {settings.log_dir}/")
    say("Ctrl+C stops everything.")
