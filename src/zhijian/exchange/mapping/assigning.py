"""One column to one element, so that the sum of scores is the best: the Hungarian method. Pure."""

from collections.abc import Sequence

INFINITE = float("inf")


def best_pairs(scores: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """(row, column) pairs of the best total; pairs that score 0 are left out. H. W. Kuhn 1955, in the form with potentials.

    >>> best_pairs([[0.9, 0.8], [0.85, 0.0]])
    [(0, 1), (1, 0)]
    """
    rows, columns = len(scores), max((len(row) for row in scores), default=0)
    if not rows or not columns:
        return []
    if rows > columns:
        turned = best_pairs([[scores[i][j] for i in range(rows)] for j in range(columns)])
        return sorted((i, j) for j, i in turned)
    owner = _owners([[-s for s in row] for row in scores], rows, columns)
    return sorted((owner[j] - 1, j - 1) for j in range(1, columns + 1) if owner[j] and scores[owner[j] - 1][j - 1] > 0)


def _owners(cost: list[list[float]], rows: int, columns: int) -> list[int]:
    """Of each column from 1, its row from 1; 0 for none."""
    u, v = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner = [0] * (columns + 1)
    for i in range(1, rows + 1):
        owner[0], at = i, 0
        least, way, seen = [INFINITE] * (columns + 1), [0] * (columns + 1), [False] * (columns + 1)
        while owner[at]:
            seen[at], row, step, after = True, owner[at], INFINITE, 0
            for j in range(1, columns + 1):
                if not seen[j]:
                    now = cost[row - 1][j - 1] - u[row] - v[j]
                    if now < least[j]:
                        least[j], way[j] = now, at
                    if least[j] < step:
                        step, after = least[j], j
            for j in range(columns + 1):
                if seen[j]:
                    u[owner[j]] += step
                    v[j] -= step
                else:
                    least[j] -= step
            at = after
        while at:
            owner[at] = owner[way[at]]
            at = way[at]
    return owner
