"""One connection to one payment gateway host."""
import asyncio

from gateway.log import log


class PaymentClient:
    RETRIES = 2

    def __init__(self, host, reader, writer):
        self.host = host
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, host, milliseconds):
        opening = asyncio.open_connection(host, 7443)
        reader, writer = await asyncio.wait_for(opening, milliseconds / 1000)
        return cls(host, reader, writer)

    async def send(self, message):
        for attempt in range(1, self.RETRIES + 1):
            try:
                self.writer.write(message)
                return await self.reader.readline()
            except ConnectionResetError as error:
                log.error("attempt %d failed, trying again: %s", attempt, error)
        raise ConnectionError(f"connection reset by peer upstream={self.host}")

    async def close(self):
        self.writer.close()
