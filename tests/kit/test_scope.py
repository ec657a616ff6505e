"""A scope that nobody widened sees nothing."""

from zhijian.kit.scope import Scope


def test_the_default_scope_sees_no_province_and_no_institution() -> None:
    assert Scope() == Scope(frozenset(), frozenset(), public=False)


def test_an_institution_sees_itself_in_every_province() -> None:
    scope = Scope.of_institution("91330000MA00000000")
    assert (scope.provinces, scope.institutions) == (None, frozenset({"91330000MA00000000"}))
    assert not scope.public


def test_only_anyone_is_public() -> None:
    assert Scope.anyone().public
    assert not Scope.everything().public
