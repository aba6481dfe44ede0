"""Clients of the payment gateway hosts."""
from gateway.client import PaymentClient


class Pool:
    """Opens a client for a request and closes it with the request."""

    def __init__(self, settings):
        self.hosts = settings.payment_hosts
        self.milliseconds = settings.payment_timeout

    def host_for(self, account):
        return self.hosts[account.number % len(self.hosts)]

    async def client(self, account):
        host = self.host_for(account)
        return await PaymentClient.connect(host, self.milliseconds)

    async def give_back(self, client):
        await client.close()
