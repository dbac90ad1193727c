"""A small pack, complete, as the texts of its files; tests write it into a folder and change what they are about."""

from pathlib import Path

FILES: dict[str, str] = {
    "pack.toml": """\
id = "small"
schema_version = 1
title = { zh = "小县", en = "Small County" }
zone = "Asia/Shanghai"
languages = ["zh", "en"]
coverage = { from = 2020-07-01, to = 2021-07-01 }
confirmed_until = 2021-06-01
doc = "report"
illustrative = ["units", { zh = "住户", en = "households" }]
default_map = "register"

[registers.register]
file = "register.csv"
month = "2021-02"
title = { en = "what happened" }
""",
    "sources.toml": """\
[report]
title = { zh = "报道", en = "report" }
publisher = "a newspaper"
kind = "report"
date = 2021-03-08
attests_from = 2020-07-01

[ordinance]
title = { zh = "条例" }
kind = "law"
date = 2018-06-01
in_force = 2018-09-01

[late-law]
title = { zh = "新法" }
kind = "law"
date = 2021-04-29
in_force = 2022-06-05

[old-law]
title = { zh = "旧法" }
kind = "law"
date = 2001-01-01
repealed = 2021-01-01
""",
    "levels.toml": """\
[lines.territory]
label = { zh = "块" }

[lines.functional]
label = { zh = "条" }

[levels.county]
label = { zh = "县", en = "county" }

[levels.subdistrict]
label = { zh = "街道" }
parents = { territory = ["county"] }

[levels.grid]
label = { zh = "网格" }
parents = { territory = ["subdistrict"] }

[levels.department]
label = { zh = "部门" }
parents = { functional = ["county"] }
""",
    "units.csv": """\
id,name,name_en,level,parent,from,to,kind,accountability,basis,doc,clause
small,小县,Small County,county,,,,,,,report,
s1,一街道,,subdistrict,small,,,,,,report,
s2,二街道,,subdistrict,small,,,,,,report,
g1,第一网格,,grid,s1,,,,,illustrative,,
g2,第二网格,,grid,s2,,2021-01-01,,,illustrative,,
g3,第三网格,,grid,s2,2021-01-01,,,,illustrative,,
police,公安局,,department,small,,,police,county,,report,
fire,消防大队,,department,small,,,,vertical,,report,
""",
    "links.csv": """\
from_unit,relation,to_unit,from,to,basis,doc,clause
g2,successor,g3,2021-01-01,,,,
police,paired,s1,,,illustrative,,
police,stationed_at,s2,,,,report,
""",
    "attributes.toml": """\
[attributes.scene]
label = { zh = "场景", en = "scene" }
type = "word"
words = { road = { zh = "道路" }, venue = { zh = "场所" } }

[attributes.emergency]
label = { zh = "突发事件" }
type = "flag"

[facts.duty_done]
label = { zh = "依单履职", en = "did its duty" }
type = "flag"

[accountability.county]
label = { zh = "县级" }

[accountability.vertical]
label = { zh = "垂直" }

[kinds.police]
label = { zh = "公安" }

[domains.city]
label = { zh = "城市" }
""",
    "items.csv": """\
id,name,name_en,domain,limit,accepted,redirect,redirect_en,steps,from,to,basis,doc,clause
lane,占用消防车通道,Car in the fire lane,city,,,,,巡查|上报,,,,ordinance,art. 1
noise,噪声,,city,3 working_days,,,,,,,illustrative,,
court,涉诉,,city,,no,请向法院,,,,,,report,
""",
    "duties.csv": """\
id,item,role,holder,duty,duty_en,within,outside,when.scene,when.emergency,from,to,basis,doc,clause
lane.road,lane,lead,unit:police,处罚,,,,road,,,,,ordinance,art. 2
lane.venue,lane,lead,unit:fire,处罚,,,,venue,,,,,ordinance,art. 2
,lane,local,level:subdistrict,巡查,,,,,,,,,report,
noise.s1,noise,lead,unit:police,,,s1,,,,,,illustrative,,
noise.rest,noise,lead,unit:fire,,,,s1,,,,,illustrative,,
noise.help,noise,support,stationed:police,,,s2,,,,,,illustrative,,
""",
    "posts.toml": """\
[posts.grid-head]
label = { zh = "网格长", en = "grid head" }
level = "grid"
doc = "report"
""",
    "postings.csv": """\
post,unit,person,from,to,basis,doc,clause
grid-head,g1,p-1,,,illustrative,,
grid-head,g2,p-2,,2021-01-01,illustrative,,
""",
    "households.csv": """\
id,unit,plaque,from,to,basis,doc,clause
h-1,g1,yes,,,illustrative,,
h-2,g3,,2021-01-01,,illustrative,,
""",
    "calendar.toml": """\
default = "office"

[calendars.office]
hours = ["09:00-12:00", "13:00-17:00"]
table = "cn-workdays"

[calendars.always]
around_the_clock = true

[counting]
first_day = "next"
""",
    "escalation.toml": """\
doc = "report"
basis = "illustrative"
fallback = "level:subdistrict"

[promise]
title = { zh = "承诺时限", en = "promise" }
doc = "ordinance"
clause = "art. 24"
basis = "stated"
values = [{ effective_from = 2018-09-01, value = "5 working_days" }]

[ladders.ordinary]
label = { zh = "逐级上报" }

[[ladders.ordinary.steps]]
id = "judge"
label = { zh = "研判" }
answers = "level:grid"
post = "grid-head"
values = [{ effective_from = 2020-07-01, value = "4 working_hours" }]

[[ladders.ordinary.steps]]
id = "lead"
label = { zh = "部门" }
answers = "leads"
values = [{ effective_from = 2020-07-01, value = "2 working_days", clause = "step 2" }]

[ladders.emergency]
label = { zh = "突发事件" }
when = { emergency = "yes" }

[[ladders.emergency.steps]]
id = "sign"
label = { zh = "签收" }
answers = "leads"
calendar = "always"
values = [{ effective_from = 2020-07-01, value = "30 minutes" }]

[direct_line]
label = { zh = "直通车" }
""",
    "assessment.toml": """\
answers_level = ["subdistrict"]

[rates.met]
label = { zh = "见面率" }
numerator = { met = "yes" }
denominator = { met = "yes|no" }
exclude = { excluded = "yes" }
period_by = "due_at"

[rates.duty]
label = { zh = "依单履职率" }
numerator = { duty_done = "yes" }
denominator = { duty_done = "yes|no" }
period_by = "due_at"

[scheme]
id = "two-rates"
label = { zh = "考核" }
weights = { met = "60", duty = "40" }
effective_from = 2020-07-01
authority = { doc = "report", clause = "month end" }

[[groups]]
id = "departments"
label = { zh = "县直部门" }
where = { level = ["department"], accountability = ["county"] }
""",
    "maps/register.toml": """\
shape = "happenings"

[columns]
matter = "matter"
what = "what"
at = "at"
unit = "unit"
"fact.duty_done" = "duty"
"when.scene" = "scene"
""",
    "register.csv": "matter,what,at,unit,duty,scene\n",
    "cases/small.toml": """\
id = "small"
title = { zh = "算例", en = "worked cases" }

[[route]]
name = "a car in the road"
given = { item = "lane", unit = "g1", at = 2021-02-10T16:00:00+08:00, facts = { scene = "road" } }
expect = { leads = ["police"], holder = "g1", promise_due = 2021-02-23T17:00:00+08:00 }

[[due]]
name = "five working days"
given = { start = 2021-02-05T10:00:00+08:00, limit = "5 working_days", counting = { day_end = "midnight" } }
expect = { due = 2021-02-19T00:00:00+08:00 }

[[rank]]
name = "one unit"
given = { rows = [{ unit = "police", n = 6, met = "6/6", duty = "5/6" }] }
expect = { police = { score = "280/3", status = "not_ranked" } }

[[count]]
name = "grids"
given = { level = "grid", at = 2021-03-08 }
expect = { count = 2 }
""",
}
"""Name of a file to its text."""


def write(folder: Path) -> Path:
    """Write the pack into *folder*."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Replace *old*, which must be there, by *new* in one file of a written pack."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise AssertionError(f"{name} does not hold {old!r}")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
