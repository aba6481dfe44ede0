"""Ten thousand connections whose ends vanish mid-message: the proxy outlives them."""
import asyncio
import contextlib
import os
import pathlib
import random
import socket
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
import daemons
from daemons import Daemons, free_port, listening, main

CONNECTIONS = 10_000
AT_ONCE = 400
SEED = 5
TOXICS = ["latency(latency=3,jitter=3,toxicity=0.5)",
          "slicer(average_size=50,size_variation=30,delay=200,toxicity=0.3,stream=upstream)",
          "http_error(status=500,toxicity=0.2,per=request)", "truncate_body(bytes=10,toxicity=0.1)",
          "barrier(count=2,timeout=20,toxicity=0.2)", "duplicate(toxicity=0.2)",
          "limit_data(bytes=3000,toxicity=0.1)", "reset_peer(timeout=5,toxicity=0.05)",
          "half_close(timeout=10,toxicity=0.05)"]
REQUEST = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\n" + b"q" * 300
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"r" * 2000


def vanish(writer):
    """With RST: nothing that is under way arrives."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                               struct.pack("ii", 1, 0))
    writer.transport.abort()


class Soak(Daemons):
    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        self.outcomes = {"whole": 0, "cut": 0}

    async def serve(self, reader, writer):
        with self.quiet():
            while await reader.read(100_000):
                mood = self.random.random()
                if mood < 0.1:
                    return vanish(writer)
                writer.write(REPLY[:self.random.randrange(len(REPLY))] if mood < 0.3 else REPLY)
                await writer.drain()
                if mood < 0.3:
                    break
        writer.close()

    @staticmethod
    def quiet():
        return contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.TimeoutError)

    async def client(self, port, gate):
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            outcome = "cut"
            with self.quiet():
                mood = self.random.random()
                cut = self.random.randrange(len(REQUEST)) if mood < 0.3 else len(REQUEST)
                writer.write(REQUEST[:cut])
                await writer.drain()
                if mood < 0.15:
                    vanish(writer)
                elif mood >= 0.3:
                    await asyncio.wait_for(reader.readexactly(len(REPLY)), 1)
                    outcome = "whole"
            self.outcomes[outcome] += 1
            writer.close()

    async def storm(self, port, upstream):
        server = await asyncio.start_server(self.serve, "127.0.0.1", upstream, backlog=4096)
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self.client(port, gate) for _ in range(CONNECTIONS)))
        server.close()

    def test_the_proxy_outlives_them(self):
        port, upstream = free_port(), free_port()
        toxics = [word for toxic in TOXICS for word in ("--toxic", toxic)]
        proxy = self.start(daemons.BUILD / "culprit", "proxy", "--api", "none", "--listen",
                           f"127.0.0.1:{port}", "--upstream", f"127.0.0.1:{upstream}",
                           "--record", self.folder / "record.ndjson",
                           "--journal", self.folder / "journal.ndjson", *toxics,
                           ready=lambda: listening(port))
        descriptors = pathlib.Path(f"/proc/{proxy.pid}/fd")
        asyncio.run(self.storm(port, upstream))
        self.assertIsNone(proxy.poll(), "the proxy has died")
        self.assertGreater(self.outcomes["whole"], CONNECTIONS / 20)
        self.assertGreater(self.outcomes["cut"], CONNECTIONS / 20)
        # Those whose last bytes a toxic still holds end within its bound.
        self.until(lambda: len(os.listdir(descriptors)) < 30, "the end of all connections")
        status = pathlib.Path(f"/proc/{proxy.pid}/status").read_text(encoding="ascii")
        resident = int(status.split("VmRSS:")[1].split()[0])
        self.assertLess(resident, 60_000, "kB of memory after all is over")
        lines = (self.folder / "journal.ndjson").read_text(encoding="utf-8").count("\n")
        self.assertGreater(lines, CONNECTIONS / 2)


if __name__ == "__main__":
    main()
