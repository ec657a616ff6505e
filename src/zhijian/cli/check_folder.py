"""The folder of a self-check's results: written whole or not at all; earlier runs go to its history, none is lost."""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zhijian.cli import check_page
from zhijian.cli.say import COULD_NOT, WRONG_USE, fail
from zhijian.exchange.quality import SelfCheck, marked, rejected, result
from zhijian.exchange.quality.comparing import Comparison
from zhijian.exchange.quality.result import CheckResult

JSON, PAGES, WORKBOOK, REJECTED, HISTORY = "check.json", {"zh": "report.html", "en": "report.en.html"}, "findings.xlsx", "rejected", "history"  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folder:
    out: Path

    def last(self) -> CheckResult | None:
        """The run before this one; None where there is none that can be read."""
        try:
            return result.from_json((self.out / JSON).read_bytes())
        except (OSError, result.ResultWrong):
            return None

    def write(self, check: SelfCheck, done: CheckResult, comparison: Comparison | None) -> None:
        """Everything is made in the check's own folder first, on the same disk, and then moved."""
        made = check.work / "out"
        (made / REJECTED).mkdir(parents=True)
        (made / JSON).write_bytes(result.as_json(done))
        if any(r.failing for r in done.rules):
            marked(check, made / WORKBOOK)
        files = {p.name for p in rejected(check, made / REJECTED)}
        if not files:
            (made / REJECTED).rmdir()
        beside = {"workbook": WORKBOOK if (made / WORKBOOK).exists() else "", "rejected": sorted(files)}
        for lang, name in PAGES.items():
            page = check_page.page(done, comparison, lang, beside=beside, other=PAGES["en" if lang == "zh" else "zh"])
            (made / name).write_text(page, encoding="utf-8")
        self._keep_last()
        for path in sorted(made.iterdir()):
            os.replace(path, self.out / path.name)

    def _keep_last(self) -> None:
        last = self.last()
        if not (self.out / JSON).exists():
            return
        history = self.out / HISTORY
        history.mkdir(exist_ok=True)
        day = last.on if last else "unknown"
        n = next(n for n in range(1, 10_000) if not (history / f"{day}-{n}.json").exists())
        os.replace(self.out / JSON, history / f"{day}-{n}.json")
        if (self.out / REJECTED).exists():
            # Somebody may have been mending them.
            os.replace(self.out / REJECTED, history / f"{day}-{n}-{REJECTED}")
        for name in (WORKBOOK, *PAGES.values()):
            (self.out / name).unlink(missing_ok=True)


@contextmanager
def prepared(out: Path, inputs: Iterable[Path]) -> Iterator[Folder]:
    """`out`, made if it is not there, and gone again if nothing came of it. Ends the command when it cannot be used."""
    if out.exists() and not out.is_dir():
        fail(WRONG_USE, f"--out {out}：是一个文件，应为文件夹", f"--out {out}: is a file, should be a folder")
    if out.is_dir() and _others(out) and not (out / JSON).exists():
        fail(
            WRONG_USE,
            f"--out {out}：里面有别的文件，请换一个空的或新的文件夹",
            f"--out {out}: has other files in it; name an empty or a new folder",
        )
    for path in inputs:
        if out.exists() and out.resolve() in path.resolve().parents:
            fail(WRONG_USE, f"--out {out}：要检查的 {path} 就在里面，请把结果写到别的文件夹",
                 f"--out {out}: {path} lies in it; name another folder for the results")  # fmt: skip
    is_new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe = out / ".zhijian-probe"
        probe.touch()
        probe.unlink()
    except OSError as why:
        fail(COULD_NOT, f"--out {out}：写不进去（{why.strerror}）", f"--out {out}: cannot be written ({why.strerror})")
    held = _held(out)
    try:
        _cleared(out)
        yield Folder(out)
    finally:
        os.close(held)
        if is_new and not any(out.iterdir()):
            shutil.rmtree(out, ignore_errors=True)


def _others(out: Path) -> bool:
    return any(not p.name.startswith(SelfCheck.WORK) for p in out.iterdir())


def _held(out: Path) -> int:
    """A lock on the folder, gone with the process: two runs that write the same files would leave a mixture of both."""
    folder = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        fail(WRONG_USE, f"--out {out}：另一次检查正在用它，等它结束，或换一个文件夹",
             f"--out {out}: another check is using it; wait for it, or name another folder")  # fmt: skip
    return folder


def _cleared(out: Path) -> None:
    """Of a run that was killed and could clean up nothing."""
    for left in out.glob(f"{SelfCheck.WORK}*"):
        shutil.rmtree(left, ignore_errors=True)
