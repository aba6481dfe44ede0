"""The gateway: every request of a purchase comes through here."""
from gateway import health, limits, routes
from gateway.log import log
from gateway.pool import Pool


class App:
    def __init__(self, settings):
        self.settings = settings
        self.pool = Pool(settings)
        self.limits = limits.Limits(settings)

    async def handle(self, request):
        if request.path == "/healthz":
            return health.answer()
        self.limits.check(request)
        handler = routes.find(request.path)
        try:
            response = await handler(self, request)
        except Exception as error:
            log.error("request failed: %s", error, request_id=request.id)
            raise
        log.info("request completed", request_id=request.id, status=response.status)
        return response
