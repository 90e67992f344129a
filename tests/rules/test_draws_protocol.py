"""MVD1 piece by piece: bytes, integers, the tree, the urn, the order of drawing, the refusals."""

import ast
import io
import json
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from math import factorial
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masterapp.draws.protocol import entropy
from masterapp.draws.protocol.builder import BLOCK_LEAVES, build, starts_of
from masterapp.draws.protocol.commitment import read_commitment
from masterapp.draws.protocol.drawing import Prize, audit_sample, draw, winning_groups
from masterapp.draws.protocol.entries import (
    RECORD_SIZE,
    Record,
    blocks_of,
    read_blocks,
    read_header,
    write_entries,
)
from masterapp.draws.protocol.stored import chunk_of, prove
from masterapp.draws.protocol.tree import Node, leaf, levels, path_of, root_of, verify_leaf
from masterapp.draws.protocol.urn import Urn
from masterapp.draws.protocol.vacancy import Reason, Vacancy, counters, standing
from masterapp.exact.canonical import decode, encode
from masterapp.exact.drand import QUICKNET
from masterapp.exact.faults import ProtocolError
from masterapp.exact.log import (
    GENESIS,
    log_hash,
    log_record,
    timestamp_request,
    verify_log,
)
from masterapp.exact.numbers import uniform
from masterapp.exact.times import moment
from tests.draws_kit import DRAW_ID, ROOT, Entrant, MadeDraw, people

SEED = bytes(range(32))


def packed(weights: Sequence[int]) -> list[bytes]:
    """Records with these weights, in the order of their tags."""
    return [
        Record(place.to_bytes(32, "big"), place.to_bytes(16, "big"), weight, 0).pack()
        for place, weight in enumerate(weights, 1)
    ]


def refused(code: str) -> "pytest.RaisesExc[ProtocolError]":
    """Expect a refusal with this code."""
    return pytest.raises(ProtocolError, check=lambda fault: fault.code == code)


# ------------------------------------------------------------------ bytes


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"a": 1.5}, "not_canonical"),
        ({"é": 1}, "key_not_ascii"),
        ({"a": 2**53}, "integer_too_large"),
        ({"a": -(2**53)}, "integer_too_large"),
        ({"a": "e\u0301"}, "not_nfc"),
        ({"a": "\ud800"}, "not_unicode"),
        ({1: 2}, "key_not_ascii"),
        ([b"x"], "not_canonical"),
    ],
)
def test_values_without_one_canonical_form_are_refused(value: object, code: str) -> None:
    """Floats, decomposed letters, foreign keys, huge integers: refused, never repaired."""
    with refused(code):
        encode(value)


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":2}', "1.0", "1e2", "NaN", "[1,]", "", '{"é":1}', "[" * 40 + "]" * 40]
)
def test_texts_that_two_programs_could_read_differently_are_refused(text: str) -> None:
    """Repeated keys, floats and deep nesting never get in."""
    with pytest.raises(ProtocolError):
        decode(text)


def test_the_order_of_keys_in_a_file_does_not_matter() -> None:
    """Canonical bytes sort the keys and drop every blank."""
    assert encode(decode('{ "b" : [1, true, null], "a" : "é\\n" }')) == (
        '{"a":"é\\n","b":[1,true,null]}'.encode()
    )


# ------------------------------------------------------------------ integers


def test_a_block_beyond_the_last_multiple_is_thrown_away() -> None:
    """The rejection, rarer than once in 2^192, is seen to work with blocks made for it."""
    bound = 2**63 - 25
    limit = 2**256 - 2**256 % bound
    blocks = [limit, 2**256 - 1, limit - 1]

    def stub(_seed: bytes, label: str, index: int, attempt: int) -> int:
        assert (label, index) == ("order", 7)
        return blocks[attempt]

    assert uniform(SEED, "order", 7, bound, stub) == (limit - 1) % bound


@pytest.mark.parametrize("bound", [0, -1, 2**256 + 1])
def test_a_number_needs_a_bound(bound: int) -> None:
    """There is no integer below zero."""
    with refused("bound"):
        uniform(SEED, "order", 0, bound)


@settings(deadline=None)
@given(st.integers(1, 2**256), st.integers(0, 2**40))
def test_numbers_stay_below_their_bound(bound: int, index: int) -> None:
    """Whatever the bound, up to 2^256."""
    assert 0 <= uniform(SEED, "order", index, bound) < bound


def chi_square_is_fair(observed: Counter[object], expected: dict[object, int], total: int) -> bool:
    """Pearson's statistic in integers, against its mean plus five standard deviations."""
    whole = sum(expected.values())
    cells = len(expected)
    statistic = sum(
        (observed[key] * whole - total * share) ** 2 // (total * share * whole)
        for key, share in expected.items()
    )
    return statistic < cells + 5 * 2 * cells  # a wide net: only a broken draw falls through


def test_all_orders_of_equal_entries_are_equally_likely() -> None:
    """The 24 orders of four entrants come up alike over 4,800 seeds."""
    starts = [0, 1, 2, 3, 4]
    records = packed([1, 1, 1, 1])
    seen: Counter[object] = Counter()
    for number in range(4800):
        made = draw(number.to_bytes(32, "big"), [Prize("P", 4)], 1, starts, records.__getitem__)
        seen[tuple(step.leaf for step in made.steps)] += 1
    assert len(seen) == factorial(4)
    assert chi_square_is_fair(seen, dict.fromkeys(seen, 1), 4800)


def test_chances_are_in_proportion_to_weights() -> None:
    """Over 6,000 seeds, entrants of weight 1, 2, 3 and 6 come first as often as their tickets."""
    weights = [1, 0, 2, 3, 6]
    starts = list(accumulate(weights, initial=0))
    seen: Counter[object] = Counter(
        draw(n.to_bytes(32, "big"), [Prize("P", 1)], 1, starts, packed(weights).__getitem__)
        .steps[0]
        .leaf
        for n in range(6000)
    )
    assert seen[1] == 0
    assert chi_square_is_fair(seen, {0: 1, 2: 2, 3: 3, 4: 6}, 6000)


# ------------------------------------------------------------------ entries


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (Record(bytes(32), bytes(16), 1, 2), "class_weight"),
        (Record(bytes(32), bytes(16), 0, 5), "class_unknown"),
        (Record(bytes(32), bytes(16), 2**63, 0), "weight_range"),
        (Record(bytes(32), bytes(16), -1, 0), "weight_range"),
        (Record(bytes(31), bytes(16), 1, 0), "record_shape"),
    ],
)
def test_impossible_records_are_refused(record: Record, code: str) -> None:
    """Excluded entries weigh nothing, classes are five, weights fit 63 bits."""
    with refused(code):
        record.pack()


def test_an_entries_file_is_read_as_it_was_written() -> None:
    """Header, records in blocks, and nothing after the last one."""
    records = packed([3, 0, 5, 7])
    file = io.BytesIO()
    digest = write_entries(file, DRAW_ID, 4, blocks_of(iter(records), 3))
    file.seek(0)
    assert read_header(file) == (DRAW_ID, 4)
    assert list(read_blocks(file, 4, 3)) == [b"".join(records[:3]), records[3]]
    assert digest == build(DRAW_ID, 4, [b"".join(records)]).file_sha256
    assert Record.unpack(records[2]).weight == 5
    with refused("record_shape"):
        Record.unpack(records[2][1:])


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "not_entries"), (b"MVD1-ENTRIEZ\n" + bytes(24), "not_entries")],
)
def test_a_file_of_something_else_is_refused(content: bytes, code: str) -> None:
    """The first bytes say what the file is."""
    with refused(code):
        read_header(io.BytesIO(content))


def test_a_file_cut_short_or_too_long_is_refused() -> None:
    """The number of entries in the header is binding."""
    records = packed([1, 1])
    with refused("truncated"):
        list(read_blocks(io.BytesIO(records[0]), 2, 10))
    with refused("trailing"):
        list(read_blocks(io.BytesIO(b"".join(records)), 1, 10))
    with refused("count"):
        write_entries(io.BytesIO(), DRAW_ID, 3, [b"".join(records)])


# ------------------------------------------------------------------ the tree


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3000), st.data())
def test_the_fast_tree_is_the_naive_tree(count: int, data: st.DataObject) -> None:
    """Same root, and any leaf's proof from stored cells is the one of the whole tree."""
    records = packed([place * 7 % 11 for place in range(count)])
    built = build(DRAW_ID, count, blocks_of(records, BLOCK_LEAVES))
    rows = levels([leaf(record) for record in records])
    assert built.root == root_of(count, rows[-1][0].sum, rows[-1][0].hash)
    assert list(built.starts) == list(accumulate((leaf(r).sum for r in records), initial=0))
    assert starts_of(blocks_of(records, 100)) == built.starts
    if not count:
        return
    index = data.draw(st.integers(0, count - 1))
    chunk = b"".join(records[place] for place in chunk_of(index, count))
    path = prove(index, count, chunk, built.stored.read)
    assert path == path_of(rows, index)
    tickets = verify_leaf(records[index], index, count, path, built.total, built.root)
    assert tickets == range(built.starts[index], built.starts[index + 1])


def test_two_processes_build_the_same_tree() -> None:
    """Splitting the work changes nothing, over several blocks and a short last one."""
    count = 2 * BLOCK_LEAVES + 77
    records = packed([place % 5 for place in range(count)])
    blocks = list(blocks_of(records, BLOCK_LEAVES))
    alone, together = build(DRAW_ID, count, blocks), build(DRAW_ID, count, blocks, processes=2)
    assert alone == together
    top = levels([leaf(record) for record in records])[-1][0]
    assert alone.stored.top == top
    chunk = b"".join(records[place] for place in chunk_of(count - 1, count))
    path = prove(count - 1, count, chunk, alone.stored.read)
    assert verify_leaf(records[-1], count - 1, count, path, alone.total, alone.root)


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([packed([1, 1])[1], packed([1, 1])[0]], "order"),
        ([packed([1])[0]] * 2, "order"),
        (packed([2**63 - 1, 1]), "sum_overflow"),
        (packed([1]), "count"),
        ([packed([1])[0], b"short"], "record_shape"),
        ([packed([1])[0], packed([1, 0])[1][:-1] + b"\x09"], "class_unknown"),
        ([packed([1])[0], packed([1, 1])[1][:-1] + b"\x03"], "class_weight"),
    ],
    ids=["unsorted", "duplicate", "overflow", "missing", "short", "class", "excluded-weight"],
)
def test_a_list_that_breaks_the_protocol_has_no_tree(records: list[bytes], code: str) -> None:
    """Order, uniqueness, totals, counts and classes are checked while hashing."""
    with refused(code):
        build(DRAW_ID, 2, [b"".join(records)])


def test_order_and_total_are_checked_across_blocks() -> None:
    """A duplicate or an overflow does not hide at the border of two blocks."""
    many = packed([0] * BLOCK_LEAVES)
    block = b"".join(many)
    with refused("order"):
        build(DRAW_ID, BLOCK_LEAVES + 1, [block, many[-1]])
    with refused("block"):
        build(DRAW_ID, 2, [many[0], many[1]])
    heavy = Record(b"\0" * 31 + b"\1", bytes(16), 2**63 - 1, 0).pack()
    block = heavy + block[RECORD_SIZE:]
    more = Record(b"\xff" * 32, bytes(16), 1, 0).pack()
    with refused("sum_overflow"):
        build(DRAW_ID, BLOCK_LEAVES + 1, [block, more])


@settings(deadline=None)
@given(st.data())
def test_no_altered_proof_leads_to_the_root(data: st.DataObject) -> None:
    """Record, place, count, total, any sum or hash of the path, its length: all are bound."""
    count = data.draw(st.integers(2, 40))
    records = packed([place % 3 + 1 for place in range(count)])
    rows = levels([leaf(record) for record in records])
    top = rows[-1][0]
    root = root_of(count, top.sum, top.hash)
    index = data.draw(st.integers(0, count - 1))
    path = path_of(rows, index)
    step = data.draw(st.integers(0, len(path) - 1))
    other = path[step]
    altered = [
        (records[index][:-1] + b"\4", index, count, path, top.sum),
        (records[index], (index + 1) % count, count, path, top.sum),
        (records[index], index, count, path, top.sum + 1),
        (records[index], index, count, path[:-1], top.sum),
        (records[index], index, count, [*path, other], top.sum),
        (records[index], index, count, _with(path, step, Node(other.sum + 1, other.hash)), top.sum),
        (records[index], index, count, _with(path, step, Node(other.sum, bytes(32))), top.sum),
        (records[index], index, count, _with(path, step, Node(-1, other.hash)), top.sum),
        (records[index], count, count, path, top.sum),
    ]
    for record, place, size, steps, total in altered:
        with pytest.raises(ProtocolError):
            verify_leaf(record, place, size, steps, total, root)


def _with(path: list[Node], step: int, node: Node) -> list[Node]:
    return [*path[:step], node, *path[step + 1 :]]


# ------------------------------------------------------------------ the draw


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.one_of(st.integers(0, 5), st.integers(0, 2**50)), min_size=1, max_size=60),
    st.integers(0, 40),
    st.binary(min_size=32, max_size=32),
)
def test_intervals_and_fenwick_tree_draw_the_same(
    weights: list[int], switch: int, seed: bytes
) -> None:
    """Wherever the urn changes its ways, from the first step or never, nothing else changes."""
    starts = list(accumulate(weights, initial=0))
    prizes = [Prize("P", len(weights))]
    record_at = packed(weights).__getitem__
    ways = [draw(seed, prizes, 1, starts, record_at, switch_at=at) for at in (0, switch, 10**6)]
    assert ways[0] == ways[1] == ways[2]
    assert len(ways[0].steps) == sum(weight > 0 for weight in weights)
    assert len(ways[0].unfilled) == sum(weight == 0 for weight in weights)


def test_every_ticket_leads_to_its_leaf() -> None:
    """Without removals, ticket t belongs to the leaf whose interval contains it."""
    weights = [0, 2, 0, 0, 3, 1, 0]
    starts = list(accumulate(weights, initial=0))
    owners = [place for place, weight in enumerate(weights) for _ in range(weight)]
    for switch in (0, 99):
        for ticket, owner in enumerate(owners):
            assert Urn(starts, switch).take(ticket) == (ticket, owner)


def test_weights_that_add_up_to_the_limit_are_drawn() -> None:
    """A total of 2^63 − 1 tickets works to the last one, in one leaf or in several."""
    for weights in ([2**63 - 1], [2**62, 2**62 - 2, 1]):
        records = packed(weights)
        built = build(DRAW_ID, len(records), [b"".join(records)])
        assert built.total == 2**63 - 1
        for switch in (0, 99):
            made = draw(
                SEED, [Prize("P", 9)], 1, built.starts, records.__getitem__, switch_at=switch
            )
            assert sorted(step.leaf for step in made.steps) == list(range(len(weights)))
            assert made.steps[-1].live in weights


def test_nobody_left_means_unfilled_places() -> None:
    """Empty and weightless lists draw nothing and say which places stay empty."""
    for weights in ([], [0, 0]):
        starts = list(accumulate(weights, initial=0))
        made = draw(SEED, [Prize("P", 1, 1)], 1, starts, packed(weights).__getitem__)
        assert made.steps == []
        assert [tuple(slot) for slot in made.unfilled] == [
            ("P", "winner", 1),
            ("P", "alternate", 1),
        ]
    assert audit_sample(SEED, 0, 300) == []
    assert len(audit_sample(SEED, 1, 300)) == 300


def test_a_household_takes_no_more_than_its_share() -> None:
    """At most so many places per group, winners and alternates together."""
    entrants = [Entrant(f"fan{n}", 1, unit=f"home{n % 2}") for n in range(8)]
    for most in (1, 2, 3):
        prizes = [{"id": "P", "qty": 3, "alternates": 3}]
        made = MadeDraw(entrants, prizes, {"max_per_group": most}).drawing
        placed = Counter(s.record[32:48] for s in made.steps if s.status[0] != "skip")
        assert set(placed.values()) == {most}
        assert len(made.unfilled) == 6 - 2 * most


def test_earlier_winners_are_passed_over_and_alternates_are_not() -> None:
    """Only groups that held a winner's place count for a later draw."""
    first = MadeDraw(people(6), [{"id": "P", "qty": 2, "alternates": 2}])
    won = winning_groups(first.drawing.steps)
    assert len(won) == 2
    second = MadeDraw(
        people(6),
        [{"id": "Q", "qty": 6}],
        {"exclude_winners_of": [str(first.draw_id)]},
        prior_groups=frozenset(won),
        draw_id=UUID(int=9),
    )
    passed = {s.record[32:48] for s in second.drawing.steps if s.status[0] == "skip"}
    assert passed == won
    assert len(second.drawing.unfilled) == 2
    with refused("prior"):
        _ = MadeDraw(people(6), [{"id": "Q", "qty": 6}], prior_groups=frozenset(won)).drawing


# ------------------------------------------------------------------ commitment, entropy


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"v": "MVD2"}, "version"),
        ({"draw_id": "x"}, "uuid"),
        ({"draw_id": str(DRAW_ID).upper().replace("0", "A")}, "uuid"),
        ({"entries": None}, "shape"),
        ({"entries": {"n": 1, "W": "01", "root": "00" * 32}}, "not_decimal"),
        ({"entries": {"n": 1, "W": str(2**63), "root": "00" * 32}}, "sum_overflow"),
        ({"entries": {"n": True, "W": "1", "root": "00" * 32}}, "shape"),
        ({"entries": {"n": 1, "W": "1", "root": "AB" * 32}}, "not_hex"),
        ({"prizes": []}, "prizes"),
        ({"prizes": [{"id": "P", "qty": 1}, {"id": "P", "qty": 1}]}, "prizes"),
        ({"prizes": [{"id": "P", "qty": 0}]}, "shape"),
        ({"prizes": [{"id": "P", "qty": 2**21}]}, "prizes"),
        ({"prizes": [{"qty": 1}]}, "prizes"),
        ({"max_per_group": 0}, "shape"),
        ({"audit": {"sample": 2**21}}, "shape"),
        ({"draw_at": "2026-12-01 12:00"}, "moment"),
        ({"draw_at": "2026-13-01T12:00:00Z"}, "moment"),
        ({"entropy": []}, "entropy_count"),
        ({"entropy": ["drand"]}, "entropy_shape"),
        ({"entropy": [{"type": "coin"}]}, "entropy_type"),
        ({"entropy": [{"type": "drand", "chain": "00" * 32, "round": 0}]}, "entropy_shape"),
        ({"entropy": [{"type": "dice", "spec": "39d10"}]}, "entropy_weak"),
        ({"entropy": [{"type": "nist", "chain": 2, "pulse": 1}]}, "entropy_weak"),
        ({"fallback": {"entropy": [{"type": "dice", "spec": "49d6"}]}}, "entropy_weak"),
        ({"exclude_winners_of": ["nobody"]}, "uuid"),
    ],
)
def test_a_commitment_that_leaves_something_open_is_refused(
    change: dict[str, object], code: str
) -> None:
    """Every field that decides something is there, once, and in its one form."""
    made = MadeDraw(people(2), [{"id": "P", "qty": 1}])
    assert read_commitment(made.commitment).count == 2
    with refused(code):
        read_commitment(made.commitment | change)


DRAND = {"type": "drand", "chain": QUICKNET.hash, "round": 5}
FOREIGN = DRAND | {"chain": "11" * 32}
DICE = {"type": "dice", "spec": "40d10"}
NIST = {"type": "nist", "chain": 2, "pulse": 77}
LOTTERY = {"type": "lottery", "game": "FDJ-EUROMILLIONS", "date": "2026-12-01"}
SECRET = {"type": "secret", "hash": entropy.secret_hash(bytes(32))}


@pytest.mark.parametrize(
    ("sources", "level"),
    [
        ([DRAND], "A"),
        ([DICE, LOTTERY, NIST, DRAND], "A+"),
        ([DICE], "B"),
        ([LOTTERY, DICE], "B"),
        ([SECRET, DICE], "C"),
        ([SECRET, DRAND], "C"),
        ([{"type": "local"}], "D"),
        ([FOREIGN], "D"),
        ([DICE, FOREIGN], "D"),
        ([SECRET, FOREIGN], "D"),
    ],
)
def test_the_level_follows_from_the_sources(sources: list[entropy.Source], level: str) -> None:
    """The certificate's level is computed, never declared."""
    assert entropy.check_announced(sources) == level


def test_the_beacon_comes_last_and_once() -> None:
    """Whoever speaks after the beacon could choose."""
    for sources in ([DRAND, DICE], [DRAND, DRAND]):
        with refused("entropy_order"):
            entropy.check_announced(sources)


@pytest.mark.parametrize(
    ("source", "content"),
    [
        (DICE | {"rolls": "4081" * 10}, b"4081" * 10),
        ({"type": "dice", "spec": "50d6", "rolls": "16" * 25}, b"16" * 25),
        (
            LOTTERY | {"numbers": "03-17-22-41-50 02-09"},
            b"FDJ-EUROMILLIONS 2026-12-01 03-17-22-41-50 02-09",
        ),
        (NIST | {"output": "ab" * 64}, bytes(7) + b"\2" + bytes(7) + b"\x4d" + b"\xab" * 64),
        (SECRET | {"secret": "00" * 32}, bytes(32)),
        ({"type": "local", "value": "cd" * 32}, b"\xcd" * 32),
    ],
)
def test_each_source_has_its_bytes(source: entropy.Source, content: bytes) -> None:
    """Dice in rolling order, lottery results as printed, pulses as numbers and value."""
    assert entropy.encode(source) == content


@pytest.mark.parametrize(
    "source",
    [
        DICE | {"rolls": "4081" * 9},
        DICE | {"rolls": "408x" * 10},
        DICE | {"spec": "40d12", "rolls": "1" * 40},
        LOTTERY | {"numbers": "3-17"},
        LOTTERY | {"game": "fdj", "numbers": "03"},
        NIST | {"output": "ab"},
        SECRET | {"secret": "01" * 32},
        DRAND,
        DRAND | {"signature": "00" * 48, "randomness": "00" * 32},
        {"type": "coin"},
    ],
)
def test_a_badly_revealed_source_is_refused(source: entropy.Source) -> None:
    """Too few dice, other faces, another secret, a value that is not the signature's hash."""
    with pytest.raises(ProtocolError):
        entropy.encode(source)


def test_the_announced_sources_or_the_whole_fallback_and_nothing_else() -> None:
    """A draw runs on what was announced; the fallback is taken entire or not at all."""
    fallback = {"fallback": {"after_hours": 72, "entropy": [DICE]}}
    made = MadeDraw(people(3), [{"id": "P", "qty": 1}], fallback)
    assert made.certificate()["level"] == "A"
    dice = MadeDraw(
        people(3), [{"id": "P", "qty": 1}], fallback, revealed=(DICE | {"rolls": "7" * 40},)
    )
    assert dice.certificate()["level"] == "B"
    without = MadeDraw(people(3), [{"id": "P", "qty": 1}], revealed=dice.revealed)
    with refused("entropy_other"):
        _ = without.drawing


def test_a_draw_runs_on_the_committed_list_only() -> None:
    """Another number of entries or of tickets than committed stops the draw."""
    made = MadeDraw(people(3), [{"id": "P", "qty": 1}])
    _ = made.commitment
    made.tree.starts[-1] += 1
    with refused("list"):
        _ = made.drawing


@pytest.mark.parametrize("text", ["2026-12-01T12:00:00+00:00", "2026-12-1T12:00:00Z", "", None])
def test_times_are_written_in_one_way(text: object) -> None:
    """UTC, whole seconds, and a Z."""
    with refused("moment"):
        moment(text)


# ------------------------------------------------------------------ afterwards


def vacancy(slot: Sequence[object], reason: Reason = Reason.NO_REPLY, **change: object) -> Vacancy:
    """A vacancy approved by two people."""
    facts = {
        "slot": slot,
        "reason": reason,
        "evidence_sha256": "ab" * 32,
        "approvers": ("alma", "bruno"),
        "ts": "2026-12-20T10:00:00Z",
    }
    return Vacancy(**(facts | change))  # type: ignore[arg-type]


def test_alternates_step_in_one_after_the_other() -> None:
    """A vacated place goes to the prize's next alternate, who can fall vacant as well."""
    made = MadeDraw(people(9), [{"id": "P", "qty": 2, "alternates": 2}])
    slots = [step.status for step in made.drawing.steps]
    prizes = read_commitment(made.commitment).prizes
    first, second, third, fourth = slots
    now = standing(prizes, made.drawing, [vacancy(first)])  # type: ignore[arg-type]
    assert now.holders == {"P": [third, second]}
    assert now.waiting == {"P": [fourth]}
    vacancies = [vacancy(slot) for slot in (first, fourth, third)]  # type: ignore[arg-type]
    later = standing(prizes, made.drawing, vacancies)
    assert later.holders == {"P": [second]}
    assert later.unawarded == {"P": 1}
    assert counters(vacancies)["NO_REPLY"] == 3
    assert sum(counters(vacancies).values()) == 3
    with refused("slot"):
        standing(prizes, made.drawing, [*vacancies, vacancies[0]])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"approvers": ("alma", "alma")}, "approvers"),
        ({"approvers": ("alma", "")}, "approvers"),
        ({"evidence_sha256": ""}, "not_hex"),
        ({"ts": "yesterday"}, "moment"),
    ],
)
def test_a_vacancy_needs_two_people_evidence_and_a_time(
    change: dict[str, object], code: str
) -> None:
    """One person alone never disqualifies a winner."""
    with refused(code):
        vacancy(("P", "winner", 1), **change)


def test_the_reasons_are_a_closed_list() -> None:
    """There are nine reasons and no tenth."""
    assert len(Reason) == 9
    with pytest.raises(ValueError, match="BAD_LUCK"):
        Reason("BAD_LUCK")


def test_the_log_shows_any_change() -> None:
    """Altering, dropping, inserting or reordering a record breaks the chain."""
    records, head = [], GENESIS
    for number in range(5):
        ts = f"2026-12-01T12:00:0{number}Z"
        records.append(log_record(number, ts, "commitment", "system", b"%d" % number, head))
        head = log_hash(records[-1])
    assert verify_log(records) == head
    assert verify_log(records[3:], bytes.fromhex(records[3]["prev"]), 3) == head
    assert verify_log([*records[:4], records[4] | {"actor": "x"}]) != head
    for broken in (
        records[1:],
        [*records[:2], *records[3:]],
        [records[1], records[0], *records[2:]],
        [records[0] | {"type": "draw"}, *records[1:]],
    ):
        with refused("log_broken"):
            verify_log(broken)
    with refused("log_record"):
        log_hash(records[0] | {"more": 1})


def test_the_timestamp_request_is_fifty_nine_bytes_of_der() -> None:
    """A sequence of the announced length, with the hash in its place."""
    request = timestamp_request(b"\xaa" * 32)
    assert len(request) == 59
    assert request[1] == len(request) - 2
    assert request[24:56] == b"\xaa" * 32


# ------------------------------------------------------------------ the architecture


def test_no_float_and_no_random_generator_in_the_protocol() -> None:
    """The exact rooms hold no float, no division, no clock and no random module."""
    banned = {"random", "math", "time", "datetime", "secrets", "numpy", "decimal", "statistics"}
    allowed = {("times.py", "time")}  # strptime and strftime, which read no clock
    folders = ("masterapp/exact", "masterapp/draws/protocol")
    files = [path for folder in folders for path in sorted((ROOT / folder).glob("*.py"))]
    files += [ROOT / "masterapp" / "prizes" / name for name in ("sealing.py", "traffic.py")]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            where = f"{path.name}:{getattr(node, 'lineno', 0)}"
            assert not isinstance(node, ast.Div), where
            if isinstance(node, ast.Constant):
                assert not isinstance(node.value, float), where
            if isinstance(node, ast.Name):
                assert node.id != "float", where
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.split(".")[0]
                assert top not in banned or (path.name, top) in allowed, where


def test_no_file_of_the_protocol_is_long() -> None:
    """Each file can be read in one sitting."""
    for folder in ("masterapp/exact", "masterapp/draws/protocol"):
        for path in (ROOT / folder).glob("*.py"):
            assert len(path.read_text().splitlines()) < 250, path.name


def test_commitments_survive_json() -> None:
    """What is written and read again has the same fingerprint."""
    made = MadeDraw(people(2), [{"id": "P", "qty": 1, "label": "Séjour à Nîmes"}])
    assert encode(decode(json.dumps(made.commitment, indent=2))) == encode(made.commitment)
