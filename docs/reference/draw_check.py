import hashlib, json, sys  # python3 draw_check.py FILE: runs a published draw again by draw.md alone; exit status 1: it differs
file = json.load(open(sys.argv[1], encoding="utf-8"))
plan, frame, rows, staff = file["plan"], file["frame"], {}, {w["no"]: w for w in file["frame"]["inspectors"]}
H = lambda by, *parts: hashlib.sha256(by.join(parts).encode()).hexdigest()
C = lambda value: H("", json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
mixed = lambda names, *label: sorted(names, key=lambda name: H("/", seed, *label, name))
bound = H("\n", "zhijian-draw-commitment/1", C(plan), C(frame), file["secret"])
seed = H("\n", "zhijian-draw-seed/1", bound, file["secret"], file["public_value"])
for s, (a, b) in [(s, plan["equal"]) for s in plan["strata"]]:
    w = {i["uscc"]: i["weight"] for i in frame["institutions"] if i["stratum"] == s["id"]}
    size, left, turn, at = {i: a * sum(w.values()) + (b - a) * len(w) * w[i] for i in w}, s["take"], 0, 0
    while sure := [i for i in size if left * size[i] >= sum(size.values())]: left -= len([size.pop(i) for i in sure])
    whole = sum(size.values()) or 1
    while (u := int(H("/", seed, "start", s["id"], str(turn)), 16)) >= 2**256 - 2**256 % whole: turn += 1
    for i, part in [(i, size.get(i, 0) * left or whole) for i in mixed(w, "order", s["id"])]:
        at, rows[i] = at + part, (s["id"], f"{part}/{whole}", (at + part - 1 - u) // whole > (at - 1 - u) // whole)
kin = lambda i, w: {"*", *i["fields"]} & {*w["fields"]} and plan["division"] in ("any", ("other", "same")[w["division"] == i["division"]])
may = {i["uscc"]: mixed([n for n, w in staff.items() if kin(i, w) and i["uscc"] not in w["barred"]], "team", i["uscc"]) for i in frame["institutions"]}
add = lambda i, seen: any(w not in seen | team[i] and not seen.add(w) and (sum(w in t for t in team.values()) < min(cap, staff[w]["most"])
    or any(w in team[t] and add(t, seen) and not team[t].discard(w) for t in team)) and not team[i].add(w) for w in may[i])
for cap in range(1, max([w["most"] for w in staff.values()]) + 1):
    team = {i: set() for i in mixed([i for i in rows if rows[i][2]], "teams")}
    if all([all(add(i, set()) for _ in range(plan["team"])) or team[i].clear() for i in team]): break
again = [{"stratum": s, "uscc": i, "chance": c, "team": sorted(team[i])} for i, (s, c, drawn) in sorted(rows.items()) if drawn]
sys.exit(f"differs; bound by {bound}" if [bound, seed, again] != [file["commitment"], file["seed"], file["result"]["drawn"]] else 0)
