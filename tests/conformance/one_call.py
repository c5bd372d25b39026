"""A process that hands one call over and waits: made to be killed. `python -m tests.conformance.one_call JSON`."""

import asyncio
import sys
from uuid import UUID

import orjson

from tests.conformance.asking import words
from tests.conformance.candidates import CANDIDATES


async def main() -> None:
    """Hand over the call that the command line names."""
    asked = orjson.loads(sys.argv[1])
    candidate = CANDIDATES[asked["candidate"]]
    order = words()
    call = candidate.call(order, b"", call_id=UUID(asked["call_id"]))
    backend = candidate.open(asked["address"], "", 0.0)
    sys.stdout.write("sending\n")
    sys.stdout.flush()
    await backend.submit(call, order)


if __name__ == "__main__":
    asyncio.run(main())
