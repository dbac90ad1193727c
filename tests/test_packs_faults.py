"""What a pack may not say: each thing written, and the faults that name it, each with its place.

Law in force (R19), static checks of the list (R5) and the strictness of the readers (T01 to T15) are here as rows.
"""

from pathlib import Path

import pytest

import small_pack
from gridgov.packs import check_pack

CASES: list[tuple[str, str, str, str, list[str]]] = [
    # what is written, the file, the text that is replaced, the text in its place, the faults
    # --- pack.toml
    ("an unknown key", "pack.toml", 'doc = "report"', 'dok = "report"', ["pack.toml: dok [unknown_key]"]),
    ("a missing key", "pack.toml", 'id = "small"\n', "", ["pack.toml: id [missing_key]"]),
    ("an id that is none", "pack.toml", 'id = "small"', 'id = "小县"', ["pack.toml: id [bad_id]"]),
    ("a whole number for a text", "pack.toml", 'id = "small"', "id = 3", ["pack.toml: id [wrong_type]"]),
    (
        "a text for a whole number",
        "pack.toml",
        "schema_version = 1",
        'schema_version = "1"',
        ["pack.toml: schema_version [wrong_type]"],
    ),
    (
        "a decimal number for a whole one",
        "pack.toml",
        "schema_version = 1",
        "schema_version = 1.7",
        ["pack.toml: schema_version [wrong_type]"],
    ),
    (
        "true for a whole number",
        "pack.toml",
        "schema_version = 1",
        "schema_version = true",
        ["pack.toml: schema_version [wrong_type]"],
    ),
    (
        "a number beyond 64 bits",
        "pack.toml",
        "schema_version = 1",
        "schema_version = 9223372036854775808",
        ["pack.toml: schema_version [limit_number]"],
    ),
    (
        "another version of the format",
        "pack.toml",
        "schema_version = 1",
        "schema_version = 2",
        ["pack.toml: schema_version [schema_version]"],
    ),
    (
        "a text for a list",
        "pack.toml",
        'languages = ["zh", "en"]',
        'languages = "zh"',
        ["pack.toml: languages [wrong_type]"],
    ),
    ("an unknown language", "pack.toml", '["zh", "en"]', '["zh", "fr"]', ["pack.toml: languages [unknown_word]"]),
    ("a language twice", "pack.toml", '["zh", "en"]', '["zh", "zh"]', ["pack.toml: languages [bad_value]"]),
    ("no language", "pack.toml", '["zh", "en"]', "[]", ["pack.toml: languages [bad_value]"]),
    (
        "a text for a table",
        "pack.toml",
        'title = { zh = "小县", en = "Small County" }',
        'title = "小县"',
        ["pack.toml: title [wrong_type]"],
    ),
    (
        "a label that says nothing",
        "pack.toml",
        '{ zh = "小县", en = "Small County" }',
        "{}",
        ["pack.toml: title [bad_value]"],
    ),
    ("a zone that is none", "pack.toml", "Asia/Shanghai", "Asia/Beijing", ["pack.toml: zone [unknown_zone]"]),
    ("a zone that is a path", "pack.toml", "Asia/Shanghai", "../../etc/passwd", ["pack.toml: zone [unknown_zone]"]),
    (
        "a coverage that ends before it begins",
        "pack.toml",
        "to = 2021-07-01",
        "to = 2019-07-01",
        ["pack.toml: coverage [bad_value]"],
    ),
    (
        "a date with a time for a date",
        "pack.toml",
        "confirmed_until = 2021-06-01",
        "confirmed_until = 2021-06-01T00:00:00Z",
        ["pack.toml: confirmed_until [wrong_type]"],
    ),
    ("an unknown authority", "pack.toml", 'doc = "report"', 'doc = "raport"', ["pack.toml: doc [unknown_source]"]),
    (
        "bidi characters in a text",
        "pack.toml",
        '"units"',
        '"un\\u202eits"',
        ["pack.toml: illustrative[0].text [bad_text]"],
    ),
    (
        "an illustrative text that says nothing",
        "pack.toml",
        '"units"',
        '""',
        ["pack.toml: illustrative[0] [bad_value]"],
    ),
    (
        "a default map that is not there",
        "pack.toml",
        'default_map = "register"',
        'default_map = "registre"',
        ["pack.toml: default_map [unknown_map]"],
    ),
    (
        "a register's map that is not there",
        "pack.toml",
        'month = "2021-02"',
        'map = "x"',
        ["pack.toml: registers.register.map [unknown_map]"],
    ),
    (
        "a month that is none",
        "pack.toml",
        '"2021-02"',
        '"2021-13"',
        ["pack.toml: registers.register.month [bad_month]"],
    ),
    (
        "a register outside the folder",
        "pack.toml",
        '"register.csv"',
        '"../register.csv"',
        ["pack.toml: registers.register.file [path_leaves]", "register.csv [unknown_file]"],
    ),
    (
        "a register at an absolute path",
        "pack.toml",
        '"register.csv"',
        '"/etc/hostname"',
        ["pack.toml: registers.register.file [path_leaves]", "register.csv [unknown_file]"],
    ),
    (
        "a register that is not there",
        "pack.toml",
        '"register.csv"',
        '"registre.csv"',
        ["pack.toml: registers.register.file [missing_file]", "register.csv [unknown_file]"],
    ),
    (
        "a register that is a folder",
        "pack.toml",
        '"register.csv"',
        '"maps"',
        ["pack.toml: registers.register.file [not_a_file]", "register.csv [unknown_file]"],
    ),
    ("a key twice", "pack.toml", 'doc = "report"', 'doc = "report"\ndoc = "report"', ["pack.toml:9 [duplicate_key]"]),
    ("TOML that is none", "pack.toml", 'doc = "report"', "doc = report", ["pack.toml:8 [bad_toml]"]),
    ("a quote that never closes", "pack.toml", 'doc = "report"', 'doc = """report', ["pack.toml [bad_toml]"]),
    # --- sources.toml
    (
        "a document without a date",
        "sources.toml",
        "date = 2018-06-01\n",
        "",
        ["sources.toml: ordinance.date [missing_key]"],
    ),
    (
        "an unknown kind of document",
        "sources.toml",
        'kind = "law"',
        'kind = "lwa"',
        ["sources.toml: ordinance.kind [unknown_word]"],
    ),
    # --- levels.toml
    (
        "a level under a level that is not there",
        "levels.toml",
        '["subdistrict"]',
        '["subdistrct"]',
        [
            "levels.toml: levels.grid [unknown_level]",
            "units.csv:5 [bad_parent_level]",
            "units.csv:6 [bad_parent_level]",
            "units.csv:7 [bad_parent_level]",
        ],
    ),
    (
        "a level on a line that is not there",
        "levels.toml",
        'functional = ["county"]',
        'funktional = ["county"]',
        [
            "levels.toml: levels.department [unknown_line]",
            "units.csv:9 [unknown_line]",
            "units.csv:8 [unknown_line]",
            "levels.toml: lines.functional [no_root]",
        ],
    ),
    (
        "a line with the name of a relation",
        "levels.toml",
        "[lines.functional]",
        '[lines.covers]\nlabel = { zh = "x" }\n\n[lines.functional]',
        ["levels.toml: lines.covers [reserved_line]", "levels.toml: lines.covers [no_root]"],
    ),
    # --- units.csv
    ("an unknown column", "units.csv", "name_en", "name_eng", ["units.csv:1 [unknown_column]"]),
    ("a column twice", "units.csv", "name_en", "name", ["units.csv:1 [duplicate_column]"]),
    (
        "a missing column",
        "units.csv",
        ",level,",
        ",levels,",
        ["units.csv:1 [missing_column]", "units.csv:1 [unknown_column]"],
    ),
    (
        "a row too short",
        "units.csv",
        "s1,一街道,,subdistrict,small,,,,,,report,\n",
        "s1,一街道,,subdistrict,small\n",
        ["units.csv:3 [ragged_row]"],
    ),
    (
        "a row too long",
        "units.csv",
        "s1,一街道,,subdistrict,small,,,,,,report,\n",
        "s1,一街道,,subdistrict,small,,,,,,report,,\n",
        ["units.csv:3 [ragged_row]"],
    ),
    ("a quote that never closes in a list", "units.csv", "第三网格", '"第三网格', ["units.csv:7 [bad_csv]"]),
    (
        "an id in full-width digits",
        "units.csv",
        "g1,第一网格",
        "ｇ1,第一网格",
        ["units.csv:5 [bad_id]", "postings.csv:2 [unknown_unit]", "households.csv:2 [unknown_unit]"],
    ),
    (
        "no id",
        "units.csv",
        "g3,第三网格",
        ",第三网格",
        ["units.csv:7 [bad_id]", "links.csv:2 [unknown_unit]", "households.csv:3 [unknown_unit]"],
    ),
    ("no name", "units.csv", "第三网格", "", ["units.csv:7 [bad_name]"]),
    ("a name with a zero-width character", "units.csv", "第三网格", "第\u200b三网格", ["units.csv:7 [bad_name]"]),
    ("a name with white space around it", "units.csv", "第三网格", " 第三网格", ["units.csv:7 [bad_name]"]),
    ("a level that is not declared", "units.csv", "grid,s1", "gird,s1", ["units.csv:5 [unknown_level]"]),
    ("a parent that is not there", "units.csv", "grid,s1", "grid,s9", ["units.csv:5 [unknown_unit]"]),
    (
        "a parent of the wrong level",
        "units.csv",
        "subdistrict,small,,,,,,report,\ns2",
        "subdistrict,g1,,,,,,report,\ns2",
        ["units.csv:3 [bad_parent_level]", "levels.toml: lines.territory [cycle]"],
    ),
    ("a parent of a level that has none", "units.csv", "county,,", "county,s1,", ["units.csv:2 [parent_of_root]"]),
    ("a unit without a parent", "units.csv", "grid,s1", "grid,", ["units.csv:5 [orphan]"]),
    (
        "a unit twice",
        "units.csv",
        "s2,二街道",
        "s1,二街道",
        [
            "units.csv:6 [unknown_unit]",
            "units.csv:7 [unknown_unit]",
            "links.csv:4 [unknown_unit]",
            "duties.csv:7 [unknown_unit]",
        ],
    ),
    ("a day that is none", "units.csv", "s2,,2021-01-01", "s2,,2021-02-30", ["units.csv:6 [bad_date]"]),
    ("a day written otherwise", "units.csv", "s2,,2021-01-01", "s2,,2021/01/01", ["units.csv:6 [bad_date]"]),
    ("a period that is reversed", "units.csv", "s2,,2021-01-01", "s2,,2020-01-01", ["units.csv:6 [period_reversed]"]),
    ("a kind that is not declared", "units.csv", "police,county", "polise,county", ["units.csv:8 [unknown_word]"]),
    (
        "an accountability that is not declared",
        "units.csv",
        "police,county",
        "police,country",
        ["units.csv:8 [unknown_word]"],
    ),
    ("a basis that is no word", "units.csv", "illustrative", "ilustrative", ["units.csv:5 [unknown_word]"]),
    (
        "a document that is not there",
        "units.csv",
        "small,,,,,,report,\ns2",
        "small,,,,,,raport,\ns2",
        ["units.csv:3 [unknown_source]"],
    ),
    (
        "a clause of no document",
        "units.csv",
        "small,,,,,,report,\ns2",
        "small,,,,,,,art. 1\ns2",
        ["units.csv:3 [clause_without_doc]"],
    ),
    (
        "a document key that is no id",
        "units.csv",
        "small,,,,,,report,\ns2",
        "small,,,,,,a b,\ns2",
        ["units.csv:3 [bad_id]"],
    ),
    # --- links.csv
    ("an unknown relation", "links.csv", "police,paired", "police,pared", ["links.csv:3 [unknown_relation]"]),
    ("a link to a unit that is not there", "links.csv", "paired,s1", "paired,s7", ["links.csv:3 [unknown_unit]"]),
    ("a link to itself", "links.csv", "police,paired,s1", "police,paired,police", ["links.csv:3 [self_link]"]),
    # --- attributes.toml
    (
        "an attribute of words without words",
        "attributes.toml",
        'words = { road = { zh = "道路" }, venue = { zh = "场所" } }\n',
        "",
        ["attributes.toml: attributes.scene [bad_value]"],
    ),
    (
        "an unknown type",
        "attributes.toml",
        'type = "word"',
        'type = "words"',
        ["attributes.toml: attributes.scene.type [unknown_word]"],
    ),
    (
        "a standard fact declared again",
        "attributes.toml",
        "[facts.duty_done]",
        '[facts.met]\nlabel = { zh = "见面" }\ntype = "flag"\n\n[facts.duty_done]',
        ["attributes.toml: facts.met [duplicate_attribute]"],
    ),
    # --- items.csv
    ("an unknown domain", "items.csv", "fire lane,city", "fire lane,ctiy", ["items.csv:2 [unknown_word]"]),
    ("a limit without a unit", "items.csv", "3 working_days", "3", ["items.csv:3 [bad_limit]"]),
    ("a limit of no time", "items.csv", "3 working_days", "0 working_days", ["items.csv:3 [bad_limit]"]),
    ("a limit of a century", "items.csv", "3 working_days", "99999 working_days", ["items.csv:3 [limit_range]"]),
    ("neither yes nor no", "items.csv", ",no,", ",nope,", ["items.csv:4 [unknown_word]"]),
    ("a step without words", "items.csv", "巡查|上报", "巡查||上报", ["items.csv:2 [blank_step]"]),
    ("an item without a name", "items.csv", "noise,噪声", "noise,", ["items.csv:3 [missing_name]"]),
    (
        "an item twice",
        "items.csv",
        "noise,噪声",
        "lane,噪声",
        ["duties.csv:5 [unknown_item]", "duties.csv:6 [unknown_item]", "duties.csv:7 [unknown_item]"],
    ),
    (
        "a citation not yet in force",
        "items.csv",
        "illustrative,,\ncourt",
        "illustrative,late-law,\ncourt",
        ["items.csv:3 [citation_not_in_force]"],
    ),
    # --- duties.csv
    ("a duty of no item", "duties.csv", "lane.road,lane", "lane.road,lain", ["duties.csv:2 [unknown_item]"]),
    (
        "an unknown role",
        "duties.csv",
        "lane,lead,unit:police",
        "lane,leads,unit:police",
        ["duties.csv:2 [unknown_word]"],
    ),
    ("a holder that is none", "duties.csv", "unit:police,处罚", "police,处罚", ["duties.csv:2 [bad_holder]"]),
    (
        "a holder that is not there",
        "duties.csv",
        "unit:police,处罚",
        "unit:polise,处罚",
        ["duties.csv:2 [unknown_unit]"],
    ),
    (
        "a holder of an unknown level",
        "duties.csv",
        "level:subdistrict",
        "level:subdistrct",
        ["duties.csv:4 [unknown_level]"],
    ),
    (
        "a holder of an unknown kind",
        "duties.csv",
        "stationed:police",
        "stationed:polise",
        ["duties.csv:7 [unknown_kind]"],
    ),
    (
        "an area that is not there",
        "duties.csv",
        ",s1,,,,,,illustrative",
        ",s8,,,,,,illustrative",
        ["duties.csv:5 [unknown_unit]"],
    ),
    ("a word that is not declared", "duties.csv", ",road,", ",raod,", ["duties.csv:2 [unknown_word]"]),
    ("an expression", "duties.csv", ",road,", ",scene == 'road' or True,", ["duties.csv:2 [expression]"]),
    ("a pattern", "duties.csv", ",road,", ",^(a+)+$,", ["duties.csv:2 [expression]"]),
    ("a template", "duties.csv", ",road,", ",{u.__init__.__globals__},", ["duties.csv:2 [expression]"]),
    ("a column of an unknown attribute", "duties.csv", "when.scene", "when.scen", ["duties.csv:1 [unknown_attribute]"]),
    ("a column of no attribute", "duties.csv", "when.scene", "when.", ["duties.csv:1 [unknown_column]"]),
    ("two leads at once", "duties.csv", ",venue,", ",road,", ["items.csv:2 [no_lead]", "duties.csv:3 [rows_overlap]"]),
    ("nobody leads", "duties.csv", "lane.venue,lane,lead", "lane.venue,lane,support", ["items.csv:2 [no_lead]"]),
    (
        "a lead that also supports",
        "duties.csv",
        "stationed:police,,,s2",
        "unit:fire,,,s2",
        ["duties.csv:7 [lead_supports]"],
    ),
    ("a row id twice", "duties.csv", "lane.venue,lane", "lane.road,lane", ["duties.csv:3 [duplicate_row]"]),
    ("a row id that is none", "duties.csv", "lane.road,lane", "lane road,lane", ["duties.csv:2 [bad_id]"]),
    # --- posts.toml
    (
        "a post at an unknown level",
        "posts.toml",
        '"grid"',
        '"gird"',
        ["posts.toml: posts.grid-head [unknown_level]", "postings.csv:2 [wrong_level]", "postings.csv:3 [wrong_level]"],
    ),
    (
        "a step whose post is at another level",
        "escalation.toml",
        'answers = "level:grid"',
        'answers = "level:subdistrict"',
        ["escalation.toml: ladders.ordinary.steps[0] [post_level]"],
    ),
    (
        "a law that speaks of days before it was in force",
        "sources.toml",
        "in_force = 2018-09-01",
        "in_force = 2018-09-01\nattests_from = 2010-01-01",
        ["sources.toml: ordinance [bad_value]"],
    ),
    (
        "a post without a seat",
        "posts.toml",
        "doc =",
        "per_unit = 0\ndoc =",
        ["posts.toml: posts.grid-head [bad_value]"],
    ),
    # --- postings.csv
    ("a posting to an unknown post", "postings.csv", "grid-head,g1", "grid-haed,g1", ["postings.csv:2 [unknown_kind]"]),
    ("a posting at an unknown unit", "postings.csv", "grid-head,g1", "grid-head,g7", ["postings.csv:2 [unknown_unit]"]),
    (
        "a posting at a unit of another level",
        "postings.csv",
        "grid-head,g1",
        "grid-head,s1",
        ["postings.csv:2 [wrong_level]"],
    ),
    (
        "two persons in one seat",
        "postings.csv",
        "grid-head,g2,p-2,",
        "grid-head,g1,p-2,",
        ["postings.csv:2 [term_overlap]"],
    ),
    ("a person by name", "postings.csv", "p-1", "张三", ["postings.csv:2 [bad_id]"]),
    # --- households.csv
    ("a household twice", "households.csv", "h-2,g3", "h-1,g1", ["households.csv:3 [duplicate_row]"]),
    (
        "a household at a unit not yet there",
        "households.csv",
        "h-2,g3,,2021-01-01",
        "h-2,g3,,2020-08-01",
        ["households.csv:3 [unit_not_in_force]"],
    ),
    # --- calendar.toml
    (
        "a default calendar that is not there",
        "calendar.toml",
        'default = "office"',
        'default = "offices"',
        ["calendar.toml: default [unknown_calendar]"],
    ),
    (
        "hours that are none",
        "calendar.toml",
        "09:00-12:00",
        "9-12",
        ["calendar.toml: calendars.office.hours[0] [bad_hours]"],
    ),
    (
        "an hour of 99 minutes",
        "calendar.toml",
        "09:00-12:00",
        "09:00-12:99",
        ["calendar.toml: calendars.office.hours[0] [bad_hours]"],
    ),
    (
        "an hour after midnight",
        "calendar.toml",
        "13:00-17:00",
        "13:00-25:00",
        ["calendar.toml: calendars.office.hours[1] [bad_hours]"],
    ),
    (
        "hours that overlap",
        "calendar.toml",
        "13:00-17:00",
        "11:00-17:00",
        ["calendar.toml: calendars.office.hours [interval_overlap]"],
    ),
    (
        "hours that end before they begin",
        "calendar.toml",
        "13:00-17:00",
        "17:00-13:00",
        ["calendar.toml: calendars.office.hours[1] [bad_interval]"],
    ),
    (
        "hours that end when they begin",
        "calendar.toml",
        "13:00-17:00",
        "13:00-13:00",
        ["calendar.toml: calendars.office.hours[1] [bad_interval]"],
    ),
    (
        "a day of the week that is none",
        "calendar.toml",
        "table =",
        'days = ["mon", "tues"]\ntable =',
        ["calendar.toml: calendars.office.days[1] [unknown_word]"],
    ),
    (
        "no working time",
        "calendar.toml",
        '"09:00-12:00", "13:00-17:00"',
        "",
        ["calendar.toml: calendars.office [empty_calendar]"],
    ),
    (
        "a table that does not ship",
        "calendar.toml",
        '"cn-workdays"',
        '"cn-workday"',
        ["calendar.toml: calendars.office.table [unknown_table]"],
    ),
    (
        "a table of the pack that is not there",
        "calendar.toml",
        '"cn-workdays"',
        '"days.csv"',
        ["calendar.toml: calendars.office.table [missing_file]"],
    ),
    (
        "neither table nor coverage",
        "calendar.toml",
        'table = "cn-workdays"\n',
        "",
        ["calendar.toml: calendars.office [missing_key]"],
    ),
    (
        "a coverage beyond the table",
        "calendar.toml",
        "table =",
        "coverage = { from = 2020-01-01, to = 2999-01-01 }\ntable =",
        ["calendar.toml: calendars.office [calendar_coverage]"],
    ),
    (
        "a calendar shorter than the pack",
        "calendar.toml",
        "table =",
        "coverage = { from = 2021-01-01, to = 2022-01-01 }\ntable =",
        ["calendar.toml: calendars.office [calendar_coverage]"],
    ),
    (
        "a calendar around the clock with hours",
        "calendar.toml",
        "around_the_clock = true",
        'around_the_clock = true\nhours = ["09:00-12:00"]',
        ["calendar.toml: calendars.always [clock_and_hours]"],
    ),
    (
        "a word of counting that is none",
        "calendar.toml",
        'first_day = "next"',
        'first_day = "after"',
        ["calendar.toml: counting.first_day [unknown_word]"],
    ),
    # --- escalation.toml
    (
        "a limit not yet in force",
        "escalation.toml",
        "effective_from = 2018-09-01",
        "effective_from = 2020-08-01",
        ["escalation.toml: promise.values [not_yet_in_force]"],
    ),
    (
        "a limit repealed within the coverage",
        "escalation.toml",
        'value = "5 working_days" }',
        'value = "5 working_days" }, { effective_from = 2021-01-01 }',
        ["escalation.toml: promise.values [repealed]"],
    ),
    (
        "two limits from one day",
        "escalation.toml",
        'value = "5 working_days" }',
        'value = "5 working_days" }, { effective_from = 2018-09-01, value = "6 working_days" }',
        ["escalation.toml: promise.values [bad_value]"],
    ),
    (
        "no limit",
        "escalation.toml",
        'values = [{ effective_from = 2018-09-01, value = "5 working_days" }]',
        "values = []",
        ["escalation.toml: promise.values [bad_value]"],
    ),
    (
        "a limit before its law",
        "escalation.toml",
        "effective_from = 2018-09-01",
        "effective_from = 2018-08-31",
        ["escalation.toml: promise.values[0] [citation_not_in_force]"],
    ),
    (
        "a limit that is none",
        "escalation.toml",
        '"5 working_days"',
        '"5 workingdays"',
        ["escalation.toml: promise.values[0].value [bad_limit]"],
    ),
    (
        "a limit under a repealed law",
        "escalation.toml",
        '"30 minutes" }',
        '"30 minutes" }, { effective_from = 2021-01-01, value = "1 minutes", doc = "old-law" }',
        ["escalation.toml: ladders.emergency.steps[0].values[1] [citation_not_in_force]"],
    ),
    (
        "a ladder without steps",
        "escalation.toml",
        "[[ladders.emergency.steps]]",
        "steps = []\n\n[[ladders.ordinary.steps]]",
        ["escalation.toml: ladders.emergency [empty_ladder]"],
    ),
    (
        "an ordinary ladder with a condition",
        "escalation.toml",
        'label = { zh = "逐级上报" }',
        'label = { zh = "逐级上报" }\nwhen = { emergency = "no" }',
        ["escalation.toml: ladders.ordinary.when [idle_condition]"],
    ),
    (
        "a ladder on an unknown attribute",
        "escalation.toml",
        '{ emergency = "yes" }',
        '{ emergncy = "yes" }',
        ["escalation.toml: ladders.emergency.when.emergncy [unknown_attribute]"],
    ),
    (
        "a ladder on a wrong cell",
        "escalation.toml",
        '{ emergency = "yes" }',
        '{ emergency = "maybe" }',
        ["escalation.toml: ladders.emergency.when.emergency [unknown_word]"],
    ),
    (
        "a step of an unknown level",
        "escalation.toml",
        '"level:grid"',
        '"level:gird"',
        ["escalation.toml: ladders.ordinary.steps[0].answers [unknown_level]"],
    ),
    (
        "a step of no holder",
        "escalation.toml",
        '"level:grid"',
        '"grid"',
        ["escalation.toml: ladders.ordinary.steps[0].answers [bad_holder]"],
    ),
    (
        "a step with an unknown post",
        "escalation.toml",
        '"grid-head"',
        '"grid-haed"',
        ["escalation.toml: ladders.ordinary.steps[0] [unknown_post]"],
    ),
    (
        "a step on an unknown calendar",
        "escalation.toml",
        'calendar = "always"',
        'calendar = "ever"',
        ["escalation.toml: ladders.emergency.steps[0] [unknown_calendar]"],
    ),
    (
        "two steps of one id",
        "escalation.toml",
        'id = "lead"',
        'id = "judge"',
        ["escalation.toml: ladders.ordinary [duplicate_step]"],
    ),
    (
        "a fallback that is not there",
        "escalation.toml",
        '"level:subdistrict"',
        '"unit:nobody"',
        ["escalation.toml: fallback [unknown_unit]"],
    ),
    (
        "an unknown relation of the direct line",
        "escalation.toml",
        'label = { zh = "直通车" }',
        'label = { zh = "直通车" }\nrelation = "pair"',
        ["escalation.toml: direct_line.relation [unknown_relation]"],
    ),
    (
        "a home that nobody answers to",
        "escalation.toml",
        'fallback = "level:subdistrict"',
        'home = "country"',
        ["escalation.toml: home [unknown_word]"],
    ),
    (
        "a promise on an unknown calendar",
        "escalation.toml",
        'clause = "art. 24"',
        'clause = "art. 24"\ncalendar = "offices"',
        ["escalation.toml: promise [unknown_calendar]"],
    ),
    # --- assessment.toml
    (
        "a weight that is a number",
        "assessment.toml",
        'met = "60"',
        "met = 60",
        ["assessment.toml: scheme.weights.met [wrong_type]"],
    ),
    (
        "a weight that is none",
        "assessment.toml",
        'met = "60"',
        'met = "NaN"',
        ["assessment.toml: scheme.weights.met [bad_number]"],
    ),
    (
        "a negative weight",
        "assessment.toml",
        'met = "60", duty = "40"',
        'met = "-1", duty = "101"',
        ["assessment.toml: scheme.weights.met [bad_weight]"],
    ),
    (
        "weights that do not add up",
        "assessment.toml",
        'duty = "40"',
        'duty = "30"',
        ["assessment.toml: scheme.weights [weights_sum]"],
    ),
    (
        "a weight of no rate",
        "assessment.toml",
        'duty = "40"',
        'dutty = "40"',
        ["assessment.toml: scheme.weights.dutty [unknown_rate]"],
    ),
    (
        "a rate of an unknown fact",
        "assessment.toml",
        'numerator = { met = "yes" }',
        'numerator = { mett = "yes" }',
        ["assessment.toml: rates.met.numerator.mett [unknown_attribute]"],
    ),
    (
        "a rate by an unknown instant",
        "assessment.toml",
        'exclude = { excluded = "yes" }\nperiod_by = "due_at"',
        'period_by = "due"',
        ["assessment.toml: rates.met.period_by [unknown_word]"],
    ),
    (
        "a scheme by an unknown instant",
        "assessment.toml",
        'id = "two-rates"',
        'id = "two-rates"\nperiod_by = "due"',
        ["assessment.toml: scheme.period_by [unknown_word]"],
    ),
    (
        "a tie rule that is none",
        "assessment.toml",
        'id = "two-rates"',
        'id = "two-rates"\nties = "1233"',
        ["assessment.toml: scheme.ties [unknown_word]"],
    ),
    (
        "a rounding that is none",
        "assessment.toml",
        'id = "two-rates"',
        'id = "two-rates"\nrounding = { decimals = 99 }',
        ["assessment.toml: scheme.rounding [bad_value]"],
    ),
    (
        "an authority that is not there",
        "assessment.toml",
        '{ doc = "report",',
        '{ doc = "raport",',
        ["assessment.toml: scheme.authority [unknown_source]"],
    ),
    (
        "an authority not yet made",
        "assessment.toml",
        "effective_from = 2020-07-01",
        "effective_from = 2020-06-01",
        [
            "assessment.toml: rates.met [citation_not_in_force]",
            "assessment.toml: rates.duty [citation_not_in_force]",
            "assessment.toml: groups[0] [citation_not_in_force]",
            "assessment.toml: scheme.authority [citation_not_in_force]",
            "assessment.toml: scheme [citation_not_in_force]",
        ],
    ),
    (
        "a group of an unknown level",
        "assessment.toml",
        'level = ["department"]',
        'level = ["departments"]',
        ["assessment.toml: groups[0].where.level [unknown_level]"],
    ),
    (
        "a group of an unknown accountability",
        "assessment.toml",
        'accountability = ["county"]',
        'accountability = ["country"]',
        ["assessment.toml: groups[0].where.accountability [unknown_word]"],
    ),
    (
        "a group with an unknown role",
        "assessment.toml",
        "where =",
        'roles = ["leader"]\nwhere =',
        ["assessment.toml: groups[0].roles [unknown_word]"],
    ),
    (
        "a group of one",
        "assessment.toml",
        "where =",
        "min_group = 1\nwhere =",
        ["assessment.toml: groups[0] [bad_value]"],
    ),
    (
        "a group twice",
        "assessment.toml",
        "[[groups]]",
        '[[groups]]\nid = "departments"\nlabel = { zh = "x" }\nwhere = { level = ["grid"] }\n\n[[groups]]',
        ["assessment.toml: groups[1].id [duplicate_group]"],
    ),
    (
        "an unknown level that answers",
        "assessment.toml",
        '["subdistrict"]',
        '["subdistrct"]',
        ["assessment.toml: answers_level[0] [unknown_level]"],
    ),
    (
        "a ranking of nobody",
        "assessment.toml",
        'id = "two-rates"',
        'id = "two-rates"\nmin_n = 0',
        ["assessment.toml: scheme [bad_value]"],
    ),
    # --- maps/register.toml
    (
        "a map of a column that is none",
        "maps/register.toml",
        'what = "what"',
        'wat = "what"',
        ["maps/register.toml: columns.wat [unknown_column]", "maps/register.toml: columns [missing_column]"],
    ),
    (
        "a map of an undeclared fact",
        "maps/register.toml",
        "fact.duty_done",
        "fact.duty",
        ["maps/register.toml: columns.fact.duty [unknown_fact]"],
    ),
    (
        "a map of an undeclared attribute",
        "maps/register.toml",
        "when.scene",
        "when.scen",
        ["maps/register.toml: columns.when.scen [unknown_attribute]"],
    ),
    (
        "a map of a standard fact, which records do not state",
        "maps/register.toml",
        "fact.duty_done",
        "fact.met",
        ["maps/register.toml: columns.fact.met [unknown_fact]"],
    ),
    (
        "a format of times in another language",
        "maps/register.toml",
        "shape =",
        'times = ["%Y-%m-%d hh:mm:ss tt"]\nshape =',
        ["maps/register.toml: times [bad_time_format]"],
    ),
    (
        "a map with an unknown key",
        "maps/register.toml",
        "shape =",
        'shapes = "x"\nshape =',
        ["maps/register.toml: shapes [unknown_key]"],
    ),
    # --- cases/small.toml
    (
        "a case without a time zone",
        "cases/small.toml",
        "2021-02-10T16:00:00+08:00",
        "2021-02-10T16:00:00",
        ["cases/small.toml: route[0].given.at [naive_time]"],
    ),
    (
        "a case with an unknown expectation",
        "cases/small.toml",
        'holder = "g1"',
        'holders = "g1"',
        ["cases/small.toml: route[0].expect.holders [unknown_key]"],
    ),
    (
        "a tally that is a number",
        "cases/small.toml",
        'met = "6/6"',
        "met = 6",
        ["cases/small.toml: rank[0].given.rows[0].met [wrong_type]"],
    ),
    *(
        (
            f"a share of {share!r}",
            "cases/small.toml",
            'met = "6/6"',
            f'met = "{share}"',
            ["cases/small.toml: rank[0].given.rows[0].met [bad_share]"],
        )
        for share in ("0.4", "", "x/y", "-1/2", "3/2", "1/0", "1/2/3", "1", "1 / 2", "１/２")
    ),
    (
        "a share of a rate that is none",
        "cases/small.toml",
        'met = "6/6"',
        'mett = "6/6"',
        ["cases/small.toml: rank[0].given.rows[0].mett [unknown_rate]"],
    ),
    (
        "a score that is no number",
        "cases/small.toml",
        'score = "280/3"',
        'score = "93.33 %"',
        ["cases/small.toml: rank[0].expect.police.score [bad_number]"],
    ),
    (
        "figures of a register that is not there",
        "cases/small.toml",
        "[[count]]",
        '[[figures]]\nname = "x"\ngiven = { register = "registre", of = "called" }\nexpect = { count = 0 }\n[[count]]',
        ["cases/small.toml: figures[0].given.register [unknown_register]"],
    ),
    # --- escalation.toml
    (
        "an unknown ladder",
        "escalation.toml",
        "[direct_line]",
        '[ladders.everyday]\nlabel = { zh = "x" }\nsteps = []\n\n[direct_line]',
        ["escalation.toml: ladders.everyday [unknown_ladder]"],
    ),
    # --- pack.toml
    (
        "a file that is misspelt",
        "pack.toml",
        'file = "register.csv"',
        'file = "maps/register.toml"',
        ["register.csv [unknown_file]"],
    ),
    # --- households.csv
    ("a plaque that is neither", "households.csv", ",yes,", ",y,", ["households.csv:2 [unknown_word]"]),
    # --- cases/small.toml
    (
        "a case file with the id of none",
        "cases/small.toml",
        'id = "small"',
        'id = ""',
        ["cases/small.toml: id [bad_id]"],
    ),
]


class TestOneThingWrong:
    """K4: "typed errors, all problems at once, path to the cause"."""

    @pytest.mark.parametrize(
        ("name", "old", "new", "faults"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
    )
    def test_is_named_with_its_place(self, tmp_path: Path, name: str, old: str, new: str, faults: list[str]) -> None:
        """The fault says where, and nothing else is reported that is not wrong."""
        small_pack.write(tmp_path)
        small_pack.change(tmp_path, name, old, new)

        assert sorted(faults) == sorted(f"{fault.place} [{fault.code}]" for fault in check_pack(tmp_path))

    @pytest.mark.parametrize(
        ("name", "old", "new", "message", "hint"),
        [
            (
                "calendar.toml",
                "13:00-17:00",
                "16:30-08:30",
                "'16:30-08:30' ends before it starts",
                "write a shift over midnight as two stretches",
            ),
            ("calendar.toml", "13:00-17:00", "11:00-17:00", "'09:00-12:00' and '11:00-17:00' overlap", ""),
            (
                "assessment.toml",
                'met = "60"',
                "met = 37.5",
                "expected text, found a decimal number",
                "write it in quotes",
            ),
            ("assessment.toml", 'met = "60"', "met = []", "expected text, found a list", ""),
            (
                "escalation.toml",
                'fallback = "level:subdistrict"',
                'home = "country"',
                "home is 'country', which is not an accountability of attributes.toml",
                "did you mean 'county'?",
            ),
            (
                "cases/small.toml",
                'met = "6/6"',
                'mett = "6/6"',
                "'mett' is not a rate of assessment.toml",
                "did you mean 'met'?",
            ),
            (
                "cases/small.toml",
                'met = "6/6"',
                'met = "7/6"',
                "'7/6' is not a share",
                'write it as "5/6": so many, of so many',
            ),
        ],
    )
    def test_is_told_as_written_with_what_to_do(
        self, tmp_path: Path, name: str, old: str, new: str, message: str, hint: str
    ) -> None:
        """A person who never saw the code mends it from the sentence."""
        small_pack.write(tmp_path)
        small_pack.change(tmp_path, name, old, new)

        assert [(message, hint)] == [(fault.message, fault.hint) for fault in check_pack(tmp_path)]

    def test_is_covered_in_breadth(self) -> None:
        """Every file of the format, and more than a hundred ways to get it wrong."""
        assert {"pack.toml", "units.csv", "duties.csv", "escalation.toml", "maps/register.toml"} <= {
            c[1] for c in CASES
        }
        assert len(CASES) > 100


class TestWordsOfMaps:
    """What a map says its words mean must mean something in the pack: a typo would cost every row that has the word."""

    def faults(self, folder: Path, columns: str, more: str = "") -> list[str]:
        """Return the faults of the small pack with a map of these columns."""
        small_pack.write(folder)
        text = f'{more}shape = "matters"\n[columns]\nmatter = "No"\nreported_at = "At"\n{columns}\n'
        (folder / "maps" / "own.toml").write_text(text, encoding="utf-8")
        return [
            f"{fault.place.removeprefix('maps/own.toml: columns.')} [{fault.code}]: {fault.hint}"
            for fault in check_pack(folder)
        ]

    @pytest.mark.parametrize(
        ("columns", "fault"),
        [
            ('item = { constant = "lain" }', "item.constant [unknown_item]: did you mean 'lane'?"),
            (
                'item = { column = "K", words = { "Noise" = "nois" } }',
                "item.words.Noise [unknown_item]: did you mean 'noise'?",
            ),
            (
                'unit = { column = "U", words = { P = "police", F = "fyre" } }',
                "unit.words.F [unknown_unit]: did you mean 'fire'?",
            ),
            (
                'place = { first = [{ column = "P", other = "keep" }, { constant = "smal" }] }',
                "place.first[1].constant [unknown_unit]: did you mean 'small'?",
            ),
            (
                'unit = { column = "U", other = { word = "polise" } }',
                "unit.other [unknown_unit]: did you mean 'police'?",
            ),
            ('role = { constant = "leed" }', "role.constant [unknown_word]: did you mean 'lead'?"),
            ('satisfied = { column = "S", words = { good = "jes" } }', "satisfied.words.good [unknown_word]: "),
            (
                'outcome = { column = "O", words = { d = "complete" } }',
                "outcome.words.d [unknown_word]: did you mean 'completed'?",
            ),
            ('status = { constant = "closd" }', "status.constant [unknown_word]: did you mean 'closed'?"),
            (
                '"when.scene" = { column = "W", words = { R = "raod" } }',
                "when.scene.words.R [unknown_word]: did you mean 'road'?",
            ),
            (
                '"fact.duty_done" = { column = "D", other = { word = "maybe" } }',
                "fact.duty_done.other [unknown_word]: ",
            ),
        ],
    )
    def test_a_word_that_means_nothing_is_a_fault_with_its_path(self, tmp_path: Path, columns: str, fault: str) -> None:
        """With the nearest word that means something."""
        (found,) = self.faults(tmp_path, columns)

        assert found.startswith(fault)

    @pytest.mark.parametrize(
        "columns",
        [
            'unit = { column = "U", words = { old = "g2", new = "g3" } }',  # each in force on other days
            'unit = { column = "U", words = { "" = "police", none = "" }, other = "keep" }',
            'item = { column = "K", words = { x = "other" }, other = { word = "other" } }',
            '"when.scene" = { column = "W", words = { R = "road", "?" = "" }, other = "blank" }',
        ],
    )
    def test_what_may_stand_there(self, tmp_path: Path, columns: str) -> None:
        """Units of any day, blanks, and one unlisted item for all kinds that are not listed."""
        assert [] == self.faults(tmp_path, columns)

    def test_an_unlisted_item_where_such_rows_are_rejected(self, tmp_path: Path) -> None:
        """Then every row of it would be."""
        columns = 'item = { column = "K", other = { word = "rest" } }'

        assert 1 == len(self.faults(tmp_path, columns, 'unknown_item = "reject"\n'))

    def test_lists_that_cannot_be_read_hold_no_word_against_a_map(self, tmp_path: Path) -> None:
        """What is wrong is told once, where it is."""
        small_pack.write(tmp_path)
        small_pack.change(tmp_path, "items.csv", "id,name", "id,nam")
        small_pack.change(tmp_path, "attributes.toml", 'type = "word"', 'type = "wrd"')
        small_pack.change(tmp_path, "assessment.toml", "weights =", "weighs =")
        text = 'item = { constant = "lane" }\n"when.scene" = { constant = "raod" }\n"fact.duty_done" = "duty"'
        small_pack.change(tmp_path, "maps/register.toml", '"fact.duty_done" = "duty"\n"when.scene" = "scene"', text)

        files = {fault.place.partition(":")[0] for fault in check_pack(tmp_path)}

        assert {"items.csv", "attributes.toml", "assessment.toml"} == files


class TestFilesThatAreNoPart:
    """A misspelt name would silently leave a list out, wherever it stands."""

    def faults(self, folder: Path, *names: str) -> list[str]:
        """Return the faults of the small pack with more files."""
        small_pack.write(folder)
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("x", encoding="utf-8")
        return [f"{fault.place} [{fault.code}]: {fault.hint}" for fault in check_pack(folder)]

    @pytest.mark.parametrize(
        ("name", "fault"),
        [
            ("case/first.toml", "case/ [unknown_file]: did you mean 'cases/'?"),
            ("map/register.toml", "map/ [unknown_file]: did you mean 'maps/'?"),
            ("sub/a.toml", "sub/ [unknown_file]: known: cases/, maps/"),
            ("sub/deep/a.toml", "sub/ [unknown_file]: known: cases/, maps/"),
            ("maps/deep/a.toml", "maps/deep/ [unknown_file]: did you mean 'maps/'?"),
            ("maps/x.csv", "maps/x.csv [unknown_file]: did you mean 'maps/x.toml'?"),
            ("unit.csv", "unit.csv [unknown_file]: did you mean 'units.csv'?"),
            ("levels.toml.bak", "levels.toml.bak [unknown_file]: did you mean 'levels.toml'?"),
            ("0.xlsx", "0.xlsx [unknown_file]: notes are .md files; pack.toml names registers"),
        ],
    )
    def test_are_told_with_the_nearest_name(self, tmp_path: Path, name: str, fault: str) -> None:
        """A folder that holds nothing of the pack is told as one."""
        assert [fault] == self.faults(tmp_path, name)

    def test_a_folder_of_many_files_is_told_once(self, tmp_path: Path) -> None:
        """Whoever misspelt it has one thing to mend."""
        names = [f"case/{number}.toml" for number in range(200)]

        assert ["case/ [unknown_file]: did you mean 'cases/'?"] == self.faults(tmp_path, *names)

    def test_notes_and_hidden_files_are_left_alone(self, tmp_path: Path) -> None:
        """Wherever they stand."""
        names = ("README", "LICENSE.txt", "NOTES.md", "docs/why.md", ".hidden", ".git/config", "maps/.swp")

        assert [] == self.faults(tmp_path, *names)

    def test_a_register_may_stand_in_a_folder_of_its_own(self, tmp_path: Path) -> None:
        """Its neighbours are told one by one."""
        small_pack.write(tmp_path)
        (tmp_path / "data").mkdir()
        (tmp_path / "register.csv").rename(tmp_path / "data" / "register.csv")
        small_pack.change(tmp_path, "pack.toml", '"register.csv"', '"./data/register.csv"')
        assert [] == check_pack(tmp_path)

        (tmp_path / "data" / "old.csv").write_text("x", encoding="utf-8")
        assert ["data/old.csv [unknown_file]"] == [f"{each.place} [{each.code}]" for each in check_pack(tmp_path)]

    @pytest.mark.parametrize(
        ("name", "old", "new", "fault"),
        [
            ("calendar.toml", 'first_day = "next"', 'first_day = "then"', "calendar.toml: counting.first_day"),
            ("calendar.toml", "around_the_clock = true", "round_the_clock = true", "calendar.toml: calendars.always"),
            ("pack.toml", 'month = "2021-02"', 'mont = "2021-02"', "pack.toml: registers.register.mont"),
        ],
    )
    def test_are_not_told_where_the_file_that_names_them_is_faulty(
        self, tmp_path: Path, name: str, old: str, new: str, fault: str
    ) -> None:
        """One thing is wrong, and one is told."""
        small_pack.write(tmp_path)
        (tmp_path / "days.csv").write_text(
            "date,kind\n2020-10-01,weekday_off\n2021-10-01,weekday_off\n", encoding="utf-8"
        )
        small_pack.change(tmp_path, "calendar.toml", '"cn-workdays"', '"days.csv"')
        small_pack.change(tmp_path, name, old, new)

        assert {fault} == {each.place.removesuffix(".round_the_clock") for each in check_pack(tmp_path)}
