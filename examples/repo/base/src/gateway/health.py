"""For the load balancer."""


def answer():
    return {"status": "ok"}
