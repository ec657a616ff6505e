"""The synthetic world: the same seed gives the same world, and the world looks like the published field."""

import hashlib
import json
from collections import Counter
from datetime import date
from itertools import islice

import pytest

from zhijian.synthetic import World

from .spec_shape import problems

ON = date(2026, 6, 30)


def small(**changes: object) -> World:
    return World(**{"seed": 5, "on": ON, "institutions": 24, "reports": 1_200, **changes})  # type: ignore[arg-type]


def digest(world: World) -> str:
    total = hashlib.sha256()
    for part in (world.registry(), world.reports(), world.refusable()):
        for one in part:
            total.update(json.dumps(one, ensure_ascii=False, sort_keys=True).encode())
    return total.hexdigest()


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    assert digest(small()) == digest(small()) != digest(small(seed=6))


def test_one_more_institution_leaves_the_others_as_they_were() -> None:
    before = list(small().registry())
    after = list(small(institutions=25).registry())
    assert after[: len(before)] == before
    assert len(after) > len(before)


def test_a_report_depends_on_its_own_institution_only() -> None:
    lab = next(islice(small().laboratories(), 4, None))
    other = next(islice(small(institutions=40, reports=9).laboratories(), 4, None))
    assert list(small().reports_of(lab, 30)) == list(small(institutions=40).reports_of(other, 30))


def test_every_record_has_the_shape_of_the_specification() -> None:
    world = small()
    for entity, record in world.registry():
        assert problems(entity, record) == []
    for report in world.reports():
        assert problems("report", report) == []
    for _rule, report in world.refusable():
        assert problems("report", report) == []


def test_as_many_reports_come_as_were_asked_for_by_day_of_issue_and_none_after_the_day() -> None:
    days = [report["issued_on"] for report in small().reports()]
    assert len(days) == 1_200
    assert days == sorted(days)
    assert days[-1] <= ON.isoformat()
    assert days[0] >= "2025-08-30"


def test_own_numbers_never_repeat_within_an_institution_and_leave_no_gap_within_a_year() -> None:
    numbers = [(r["uscc"], r["own_number"]) for r in small().reports()]
    assert len(set(numbers)) == len(numbers)
    serials: dict[tuple[str, str], list[int]] = {}
    for report in small().reports():
        serials.setdefault((report["uscc"], report["issued_on"][:4]), []).append(int(report["sample_no"][-8:-2]))
    assert all(run == list(range(run[0], run[0] + len(run))) for run in serials.values())


def test_reports_follow_the_working_week() -> None:
    week = Counter(date.fromisoformat(r["issued_on"]).weekday() for r in small().reports())
    assert min(week[day] for day in range(5)) > 2 * week[6]


def test_a_world_over_all_provinces_is_possible() -> None:
    from zhijian.synthetic.methods import provinces

    world = World(seed=3, on=ON, provinces=tuple(provinces()), institutions=62, reports=100)
    assert len({r["division"][:2] for e, r in world.registry() if e == "institution"}) > 20


def uscc_is_valid(code: str) -> bool:
    """GB 32100-2015 and GB 11714-1997, written again."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(alphabet.index(c) * w for c, w in zip(code, weights, strict=False))
    body = code[8:16]
    inner = 11 - sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return alphabet[-total % 31] == code[17] and code[16] == {10: "X", 11: "0"}.get(inner, str(inner))


def test_the_check_used_here_accepts_a_published_credit_code() -> None:
    assert uscc_is_valid("91350100M000100Y43")
    assert not uscc_is_valid("91350100M000100Y44")


@pytest.fixture(scope="module")
def many() -> World:
    return World(seed=2, on=ON, institutions=2_000)


def test_codes_and_numbers_are_well_formed_and_unique(many: World) -> None:
    authority = {"33": "11", "32": "10", "37": "15"}
    codes, numbers, phones = set(), set(), set()
    for it in many.institutions():
        assert uscc_is_valid(it.uscc)
        assert "XN" in it.uscc
        assert it.uscc[2:8] == it.sites[0].division.code
        assert "示例" in it.name or "模拟" in it.name
        codes.add(it.uscc)
        phones.add(it.phone)
        for one in it.certificates:
            assert len(one.number) == 12
            assert one.number[2:4] == authority[it.province.code]
            assert int(one.number[:2]) == date.fromordinal(one.issued).year % 100
            numbers.add(one.number)
    assert len(codes) == 2_000
    assert len(numbers) == sum(len(it.certificates) for it in many.institutions())
    assert len(phones) == 2_000
    assert all("-0000" in phone for phone in phones)


def test_fields_legal_forms_and_sites_come_near_the_published_shares(many: World) -> None:
    fields, forms, owners, several = Counter[str](), Counter[str](), Counter[str](), 0
    for it in many.institutions():
        fields.update(it.line.fields)
        forms[it.legal_form] += 1
        owners[it.ownership] += 1
        several += len(it.sites) > 1
    published = {"05": 0.293, "12": 0.160, "01": 0.153, "02": 0.137, "13": 0.066, "00": 0.064, "04": 0.058, "03": 0.049}
    for field, share in published.items():
        assert fields[field] / 2_000 == pytest.approx(share, abs=0.015), field
    assert forms["企业"] / 2_000 == pytest.approx(0.778, abs=0.04)
    assert forms["事业"] / 2_000 == pytest.approx(0.190, abs=0.04)
    assert owners["民营"] / 2_000 == pytest.approx(0.639, abs=0.05)
    assert several / 2_000 == pytest.approx(0.15, abs=0.03)


def test_the_largest_fifteen_percent_issue_most_reports(many: World) -> None:
    counts = sorted(many.report_counts(), reverse=True)
    assert sum(counts) == 20_000
    assert sum(counts[:300]) / 20_000 == pytest.approx(0.81, abs=0.05)


def test_staff_and_instruments_come_near_the_published_means_and_grow_with_size() -> None:
    labs = list(World(seed=2, on=ON, institutions=300).laboratories())
    staff = [len(lab.people) for lab in labs]
    units = [len(lab.instruments) for lab in labs]
    assert sum(staff) / 300 == pytest.approx(29, abs=5)
    assert sum(units) / 300 == pytest.approx(201, abs=40)
    large = [place for place, lab in enumerate(labs) if lab.institution.score > 1]
    assert sum(staff[p] for p in large) / len(large) > 1.5 * sum(staff) / 300
    assert sum(units[p] for p in large) / len(large) > 1.5 * sum(units) / 300


def test_environment_laboratories_keep_the_smallest_team_of_the_rules_of_2026() -> None:
    for lab in World(seed=2, on=ON, institutions=120).laboratories():
        if "12" in lab.institution.line.fields:
            assert len(lab.people) >= 20


def test_commissions_make_up_nine_reports_in_ten_and_few_fail() -> None:
    reports = list(World(seed=2, on=ON, institutions=200, reports=6_000).reports())
    kinds = Counter(report["kind"] for report in reports)
    assert 1 - kinds["监督抽检"] / 6_000 == pytest.approx(0.9075, abs=0.03)
    verdicts = Counter(report["verdict"] for report in reports)
    assert 0.01 < verdicts["不合格"] / 6_000 < 0.15
    assert verdicts["不判定"] > 0
    sizes = [len(report["items"]) for report in reports]
    assert 3 <= sum(sizes) / 6_000 <= 8


def test_renewed_suspended_and_faulty_things_exist() -> None:
    world = World(seed=2, on=ON)
    entities = list(world.registry())
    states = Counter(r["state"] for e, r in entities if e == "certificate_state")
    assert states["暂停"] >= 2
    assert sum(len(it.certificates) == 2 for it in world.institutions()) >= 15
    units = Counter(r["state"] for e, r in entities if e == "instrument")
    assert units["停用"]
    assert units["故障"]
    assert any(not r["passed"] for e, r in entities if e == "calibration")
    changed = [r for e, r in entities if e == "capability" and r["batch"] == "标准变更"]
    assert changed
    assert all(r["valid_from"] > "2021" for r in changed)


def test_the_catalogue_is_as_wide_as_promised() -> None:
    from zhijian.synthetic.methods import subjects

    rows = [row for subject in subjects() for row in subject.rows]
    assert len({(row.category, row.object, row.parameter, row.standard) for row in rows}) == len(rows) >= 150
    for subject in subjects():
        assert len({row.parameter for row in subject.rows}) >= 3, subject.name
