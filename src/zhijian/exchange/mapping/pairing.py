"""Columns of one table held against the elements of one entity. Pure."""

from collections.abc import Mapping, Sequence

from zhijian.exchange.bound import key_of_parent
from zhijian.exchange.mapping.assigning import best_pairs
from zhijian.exchange.mapping.judging import Dictionary, judged
from zhijian.exchange.mapping.naming import NONE, Scored, name_score
from zhijian.exchange.mapping.profiling import Profile
from zhijian.exchange.mapping.proposal import SURE, Guess
from zhijian.spec import Element, Entity, Specification

LEAST = 0.3
"""Pairs below this are not worth a word."""
FAINT = 0.05
"""A name that fits is shown although the values speak against it."""
CLOSE = 0.04
"""Nearer than this nobody can tell which of two is meant."""
BY_VALUE_ALONE = 0.55
EMPTY = 0.5


def pairs(
    columns: Mapping[str, Profile], entity: Entity, spec: Specification, dictionary: Dictionary
) -> tuple[Guess, ...]:
    """The best one-to-one assignment; a pair with an equal rival is lowered, so that nobody is chosen silently."""
    elements = (*entity.elements, *key_of_parent(spec, entity))
    names = list(columns)
    guesses = [[_guess(columns[n], e, spec, dictionary) for e in elements] for n in names]
    scores = [[g.confidence if g else 0.0 for g in row] for row in guesses]
    chosen = best_pairs(scores)
    taken_rows, taken_columns = {i for i, _ in chosen}, {j for _, j in chosen}
    made = []
    for i, j in chosen:
        guess = guesses[i][j]
        if guess is not None:
            rival = _rival(i, j, scores, taken_rows, taken_columns)
            made.append(guess.lowered(EMPTY, f"“{_name(rival, names, elements)}”同样合适") if rival else guess)
    return tuple(made)


def _rival(
    i: int, j: int, scores: Sequence[Sequence[float]], rows: set[int], columns: set[int]
) -> tuple[str, int] | None:
    """A column or element left over that fits as well."""
    for other in range(len(scores[i])):
        if other not in columns and scores[i][other] > scores[i][j] - CLOSE:
            return "element", other
    for other in range(len(scores)):
        if other not in rows and scores[other][j] > scores[i][j] - CLOSE:
            return "column", other
    return None


def _name(rival: tuple[str, int], names: Sequence[str], elements: Sequence[Element]) -> str:
    return names[rival[1]] if rival[0] == "column" else elements[rival[1]].zh


def _guess(profile: Profile, element: Element, spec: Specification, dictionary: Dictionary) -> Guess | None:
    named: Scored = name_score(profile.name, element)
    if named == NONE and element.check not in ("uscc", "cma_number"):
        return None
    said = judged(profile, element, spec, dictionary)
    score = named[0]
    if said.weight >= 0:
        score += (1 - score) * 0.5 * said.weight if score >= LEAST else 0.0
    else:
        score *= 1 + said.weight
    if named[0] < LEAST:
        score = BY_VALUE_ALONE if said.weight >= 0.9 else 0.0
    if not profile.filled:
        score = min(score, EMPTY)
    if score < (FAINT if named[0] >= LEAST else LEAST):
        return None
    evidence = tuple(e for e in (named[1], said.evidence) if e)
    return Guess(element.id, profile.name, round(min(score, 0.99), 2), evidence, said.codes, said.open_codes)


def strong(guesses: Sequence[Guess]) -> float:
    return sum(g.confidence for g in guesses if g.confidence >= SURE)


"""Pairs that are written as fields."""
