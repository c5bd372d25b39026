"""A vendor that takes its time: every job ends after the same number of seconds with one small JPEG.

`python -m tests.bench.slow_vendor PORT SECONDS`. POST /jobs {call_id} → {vendor_ref}; GET /jobs/{call_id} waits for
the picture; DELETE /jobs/{call_id} ends a job at once, without one.
"""

import asyncio
import io
import sys
from dataclasses import dataclass, field

import uvloop
from aiohttp import web
from PIL import Image

SIDE = 64
"""Pixels."""


def small_jpeg() -> bytes:
    """What every job brings."""
    buffer = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), (40, 80, 120)).save(buffer, "JPEG")
    return buffer.getvalue()


@dataclass
class Job:
    """A job from its first mention to the fetching of its picture."""

    ended: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: bool = False


class SlowVendor:
    """Jobs by call_id, in memory; one that was fetched is forgotten."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._jobs: dict[str, Job] = {}
        self._picture = small_jpeg()

    def app(self) -> web.Application:
        """The routes."""
        app = web.Application()
        app.router.add_post("/jobs", self.submit)
        app.router.add_get("/jobs/{call_id}", self.fetch)
        app.router.add_delete("/jobs/{call_id}", self.stop)
        app.router.add_get("/health", self.health)
        return app

    async def submit(self, request: web.Request) -> web.Response:
        """Take a job."""
        call_id = (await request.json())["call_id"]
        job = self._jobs[call_id] = Job()
        asyncio.get_running_loop().call_later(self._seconds, job.ended.set)
        return web.json_response({"vendor_ref": f"slow-{call_id}"}, status=201)

    async def fetch(self, request: web.Request) -> web.Response:
        """Answer when the job has ended."""
        call_id = request.match_info["call_id"]
        job = self._jobs.get(call_id)
        if job is None:
            return web.Response(status=404)
        await job.ended.wait()
        self._jobs.pop(call_id, None)
        if job.stopped:
            return web.Response(status=410)
        return web.Response(body=self._picture, content_type="image/jpeg")

    async def stop(self, request: web.Request) -> web.Response:
        """End a job without a picture."""
        job = self._jobs.get(request.match_info["call_id"])
        if job is not None:
            job.stopped = True
            job.ended.set()
        return web.Response(status=204)

    async def health(self, _: web.Request) -> web.Response:
        """A sign of life."""
        return web.json_response({"jobs": len(self._jobs)})


def main() -> None:
    """Serve until a signal."""
    uvloop.install()
    vendor = SlowVendor(float(sys.argv[2]))
    web.run_app(
        vendor.app(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None, keepalive_timeout=600
    )


if __name__ == "__main__":
    main()
