import pytest

from gateway.limits import Limits


def test_the_limit_holds_for_one_account_only(settings, request_of):
    limits = Limits(settings(requests_per_minute=1))
    limits.check(request_of("a"))
    limits.check(request_of("b"))
    with pytest.raises(PermissionError):
        limits.check(request_of("a"))
