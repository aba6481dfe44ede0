"""How many requests an account may make."""
import time


class Limits:
    def __init__(self, settings):
        self.per_minute = settings.requests_per_minute
        self.seen = {}

    def check(self, request):
        minute = int(time.time() / 60)
        key = (request.account.id, minute)
        self.seen[key] = self.seen.get(key, 0) + 1
        if self.seen[key] > self.per_minute:
            raise PermissionError("too many requests")
