"""Every page and state of the public door, by a short name."""

from tests.web.fakes import CODES, CREDENTIAL, LAPSED, LATE, UNWITNESSED, VERIFIER, State, code_of

VALID = CODES[State.VALID]
MISTYPED = VALID.replace("M4", "MA")
UNKNOWN = code_of("AAAAAAAA")

PAGES: dict[str, str] = {
    "home": "/",
    **{f"state-{state}": f"/v/{code}" for state, code in CODES.items()},
    "late": f"/v/{LATE}",
    "unwitnessed": f"/v/{UNWITNESSED}",
    "lapsed": f"/v/{LAPSED}",
    "valid-full": f"/v/{VALID}?v={VERIFIER}",
    "from-qr": f"/{VALID}/{VERIFIER}{CREDENTIAL}",
    "trace": f"/v/{VALID}/trace?v={VERIFIER}",
    "trace-asks": f"/v/{VALID}/trace",
    "not-found": f"/v/{UNKNOWN}",
    "mistyped": f"/v/{MISTYPED}",
    "too-short": "/q?code=3326-08K7",
    "wrong-verifier": f"/v/{VALID}?v=000000",
    "refused-credential": f"/{VALID}/{VERIFIER}0000000000",
    "other-host": f"/q?code=https://evil.example/{VALID}/x",
    "inspect": "/inspect",
    "own": "/own",
    "own-not-found": "/own?cma=1&number=2",
    "about": "/about",
    "concern": f"/concern?code={VALID}",
    "receipt-unknown": "/concern/0000000000",
    "offline": "/offline",
    "no-page": "/nothing",
}
