"""Who may open and do what, asked over HTTP: every page of the course, for every kind of person, at five stops.

The tables read so: a column for each kind of person; in it one sign for each stop of the story, in the order
developing, reviewing, responding, grading, released (of the verbs: reviewing, grading).

    o  the page opens (or the verb hears the form)      x  refused: "you may not" (403)
    .  there is nothing here for you (404)              s  please sign in

The reviews named here: `mine` is the review of the reviewer in the column's head, `dropped` that of the drop-out;
`finding` is the first one that `mine` handed in.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import pytest
from flask.testing import FlaskClient

from tests.attacks.stages import (
    ASSISTANT,
    BYSTANDER,
    COURSE,
    DEVELOPER,
    FORMER_MEMBER,
    FROM_HERE,
    INSTRUCTOR,
    KEY,
    OBSERVER,
    OTHER_COURSE,
    OTHER_DEVELOPER,
    OTHER_INSTRUCTOR,
    OTHER_STUDENT,
    STOPS,
    KeptStory,
    Stage,
    set_stage,
)

# The first test plays the whole story, and each asks a thousand times.
pytestmark = pytest.mark.timeout(900)

PEOPLE = (
    "stranger", "foreigner", "foreign staff", "observer", "other developer", "reviewer", "drop-out", "developer",
    "former member", "assistant", "instructor", "as developer",
)  # fmt: skip

PAGES = """
#                                  strgr forgn f.stf obser o.dev revwr dropo devel formr assis instr asdev
<c>/                               sssss ..... ..... ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo
<c>/people                         sssss ..... ..... ooooo xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/people/<student>               sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/people/import                  sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/groups                         sssss ..... ..... ooooo xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/settings                       sssss ..... ..... ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo
<c>/settings/file                  sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo xxxxx
<c>/settings/course.toml           sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo xxxxx
<c>/settings/extensions            sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/events                         sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/repository                     sssss ..... ..... ooooo xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/repository/state               sssss ..... ..... ooooo xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/projects                       sssss ..... ..... ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo
<p>                                sssss ..... ..... ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo
<v1>/files/                        sssss ..... ..... ..... ..... .oooo .o... .oooo ..... .oooo .oooo .oooo
<v1>/files/README.md               sssss ..... ..... ..... ..... .oooo .o... .oooo ..... .oooo .oooo .oooo
<v1>/raw/README.md                 sssss ..... ..... ..... ..... .oooo .o... .oooo ..... .oooo .oooo .oooo
<v1>/archive.zip                   sssss ..... ..... ..... ..... .oooo .o... .oooo ..... .oooo .oooo .oooo
<v1>/receipt-1.txt                 sssss ..... ..... ..... ..... ..... ..... .oooo ..... .oooo .oooo .oooo
<v1>/kept/<none>                   sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<v1>/picture/README.md             sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<v1>/preparing/page/main.ipynb     sssss ..... ..... ..... ..... .oooo .o... .oooo ..... .oooo .oooo .oooo
<v1>/as/py/main.ipynb              sssss ..... ..... ..... ..... .oooo .o... .oooo ..... .oooo .oooo .oooo
<v1>/history/                      sssss ..... ..... ..... ..... .oooo .o... .oooo ..... .oooo .oooo .oooo
<v1>/history/README.md             sssss ..... ..... ..... ..... .oooo .o... .oooo ..... .oooo .oooo .oooo
<v1>/blame/README.md               sssss ..... ..... ..... ..... .oooo .o... .oooo ..... .oooo .oooo .oooo
<v2>/files/                        sssss ..... ..... ..... ..... ...oo ..... ...oo ..... ...oo ...oo ...oo
<v2>/files/README.md               sssss ..... ..... ..... ..... ...oo ..... ...oo ..... ...oo ...oo ...oo
<v2>/raw/README.md                 sssss ..... ..... ..... ..... ...oo ..... ...oo ..... ...oo ...oo ...oo
<v2>/archive.zip                   sssss ..... ..... ..... ..... ...oo ..... ...oo ..... ...oo ...oo ...oo
<v2>/history/                      sssss ..... ..... ..... ..... ...oo ..... ...oo ..... ...oo ...oo ...oo
<v2>/history/README.md             sssss ..... ..... ..... ..... ...oo ..... ...oo ..... ...oo ...oo ...oo
<v2>/blame/README.md               sssss ..... ..... ..... ..... ...oo ..... ...oo ..... ...oo ...oo ...oo
<p>/compare/                       sssss ..... ..... ..... ..... ...oo ..... ...oo ..... ...oo ...oo ...oo
<p>/compare/README.md              sssss ..... ..... ..... ..... ...oo ..... ...oo ..... ...oo ...oo ...oo
<p>/pushes/<none>                  sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<p>/latest/files/                  sssss ..... ..... ..... ..... ..... ..... ooooo ..... ooooo ooooo ooooo
<p>/latest/files/README.md         sssss ..... ..... ..... ..... ..... ..... ooooo ..... ooooo ooooo ooooo
<p>/latest/raw/README.md           sssss ..... ..... ..... ..... ..... ..... ooooo ..... ooooo ooooo ooooo
<p>/latest/archive.zip             sssss ..... ..... ..... ..... ..... ..... ooooo ..... ooooo ooooo ooooo
<p>/latest/preparing/py/main.ipynb sssss ..... ..... ..... ..... ..... ..... .oooo ..... .oooo .oooo .oooo
<p>/latest/as/html/main.ipynb      sssss ..... ..... ..... ..... ..... ..... .oooo ..... .oooo .oooo .oooo
<p>/latest/history/                sssss ..... ..... ..... ..... ..... ..... ooooo ..... ooooo ooooo ooooo
<p>/latest/history/README.md       sssss ..... ..... ..... ..... ..... ..... ooooo ..... ooooo ooooo ooooo
<p>/latest/blame/README.md         sssss ..... ..... ..... ..... ..... ..... ooooo ..... ooooo ooooo ooooo
<p>/latest/kept/<none>             sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<p>/latest/picture/README.md       sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<p>/findings                       sssss ..... ..... ..... ..... ..... ..... ..ooo ..... ooooo ooooo ..ooo
<p>/fixes                          sssss ..... ..... ..... ..... ..... ..... ..ooo ..... ooooo ooooo ..ooo
<p>/fixes/<finding>                sssss ..... ..... ..... ..... ..... ..... ..ooo ..... ..ooo ..ooo ..ooo
<p>/questions                      sssss ..... ..... ..... ..... .oooo .o... ooooo ..... ooooo ooooo ooooo
<c>/findings/<finding>             sssss ..... ..... ..... ..... .oooo ..... ..ooo ..... .oooo .oooo ..ooo
<c>/assignments                    sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/assignments/<assignment>       sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx .oooo .oooo xxxxx
<c>/assignments.csv                sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/progress                       sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/progress/burn-down             sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/progress.csv                   sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/progress/changes/<none>        sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ..... ..... xxxxx
<c>/assignments/list               sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/assignments/runs/<none>/input.json sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ..... ..... xxxxx
<c>/conflicts/partners             sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/reviews/wishes                 sssss ..... ..... ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo
<c>/reviews/<mine>/swap            sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<c>/reviews/<dropped>/swap         sssss ..... ..... ..... ..... ..... .o... ..... ..... ..... ..... .....
<c>/reviews                        sssss ..... ..... ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo
<c>/reviews/<mine>                 sssss ..... ..... ..... ..... .oooo ..... ..... ..... .oooo .oooo .....
<c>/reviews/<mine>/submit          sssss ..... ..... ..... ..... .oooo ..... ..... ..... .oooo .oooo .....
<c>/reviews/<mine>/written.md      sssss ..... ..... ..... ..... .oooo ..... ..... ..... .oooo .oooo .....
<c>/reviews/<mine>/fixes           sssss ..... ..... ..... ..... .oooo ..... ..... ..... .oooo .oooo .....
<c>/reviews/<mine>/fixes/<none>    sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<c>/reviews/<mine>/fixes/<finding> sssss ..... ..... ..... ..... .oooo ..... ..... ..... .oooo .oooo .....
<c>/reviews/<mine>/receipts/1      sssss ..... ..... ..... ..... .oooo ..... ..... ..... .oooo .oooo .....
<c>/reviews/<mine>/receipts/1.txt  sssss ..... ..... ..... ..... .oooo ..... ..... ..... .oooo .oooo .....
<c>/reviews/<dropped>              sssss ..... ..... ..... ..... ..... .oooo ..... ..... ..... ..... .....
<c>/reviews/<dropped>/submit       sssss ..... ..... ..... ..... ..... .oooo ..... ..... ..... ..... .....
<c>/reviews/<dropped>/written.md   sssss ..... ..... ..... ..... ..... .oooo ..... ..... ..... ..... .....
<c>/reviews/<dropped>/fixes        sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<c>/grading                        sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grading/<key>                  sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grading/<key>/merges/<none>    sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ..... ..... xxxxx
<c>/grading/<key>/moves/<none>     sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grading/<key>/places/<none>    sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ..... ..... xxxxx
<c>/grading/<key>/read/1/          sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx .oooo .oooo xxxxx
<c>/grading/<key>/read/2/          sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ...oo ...oo xxxxx
<c>/grading/<key>/read/changes/    sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ...oo ...oo xxxxx
<c>/grading/<key>/second           sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/assignments/practice           sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/reviews/<mine>/practice        sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<c>/marks                          sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/marks/of/midterm               sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/marks/import                   sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/statuses                       sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/statuses/import                sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/fails                          sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades                         sssss ..... ..... ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo ooooo
<c>/grades/what-if                 sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades/<student>               sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades/releases/1              sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ....o ....o xxxxx
<c>/grades/releases/99             sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ..... ..... xxxxx
<c>/appeals                        sssss ..... ..... ..... ....o ....o ....o ....o ....o ooooo ooooo ....o
<c>/appeals/new                    sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<c>/appeals/<none>                 sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<c>/grades/export                  sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades/export/gradebook.csv    sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades/export/gradebook.xlsx   sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades/export/moodle.csv       sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades/export/ledger.json      sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades/export/worksheet        sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades/sheets                  sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades/project-sheets          sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades/<student>/sheet         sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grading/<key>/sheet            sssss ..... ..... xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ooooo ooooo xxxxx
<c>/grades/sheet                   sssss ..... ..... ..... ....o ....o ....o ....o ....o ..... ..... ....o
<c>/grades/own-ledger.json         sssss ..... ..... ..... ....o ....o ....o ....o ....o ..... ..... ....o
<other>/                           sssss ooooo ooooo ..... ..... ..... ..... ..... ..... ..... ..... .....
<other>/people                     sssss xxxxx ooooo ..... ..... ..... ..... ..... ..... ..... ..... .....
<other>/projects/<key>             sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<other>/reviews/<mine>             sssss ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
<other>/grades/<student>           sssss xxxxx ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
"""

VERBS = """
#                                             strgr forgn f.stf obser o.dev revwr dropo devel formr assis instr asdev
<p>/answers                                   ss    ..    ..    ..    ..    ..    ..    .o    ..    oo    oo    xx
<p>/questions                                 ss    ..    ..    ..    ..    oo    o.    oo    ..    oo    oo    xx
<p>/questions/<none>/messages                 ss    ..    ..    ..    ..    ..    ..    ..    ..    ..    ..    xx
<p>/read                                      ss    ..    ..    oo    oo    oo    oo    oo    oo    oo    oo    xx
<c>/findings/<finding>/messages               ss    ..    ..    ..    ..    oo    ..    .o    ..    oo    oo    xx
<c>/messages/<none>                           ss    ..    ..    ..    ..    ..    ..    ..    ..    ..    ..    xx
<c>/assignments                               ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/assignments/<assignment>/release          ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/assignments/<assignment>/take-back        ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/assignments/<assignment>/move             ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/assignments/list                          ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/progress/dry-run                          ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/progress/changes                          ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/progress/changes/<none>/undo              ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/progress/read                             ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/conflicts/partners                        ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/conflicts/partners/revoke                 ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/reviews/wishes                            ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    xx    xx
<c>/reviews/<dropped>/swap                    ss    ..    ..    ..    ..    ..    o.    ..    ..    ..    ..    xx
<c>/reviews/<mine>/swaps/<none>/accept        ss    ..    ..    ..    ..    ..    ..    ..    ..    ..    ..    xx
<c>/reviews/<mine>/swaps/<none>/withdraw      ss    ..    ..    ..    ..    ..    ..    ..    ..    ..    ..    xx
<c>/swaps/<none>/approve                      ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/swaps/<none>/refuse                       ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/swaps/<none>/undo                         ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/assignments/runs                          ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/assignments/runs/<none>/apply             ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/assignments/runs/<none>/undo              ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/conflicts                                 ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/conflicts/<none>/revoke                   ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/assignments/practice                      ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/reviews/<mine>/practice/<none>            ss    ..    ..    ..    ..    ..    ..    ..    ..    ..    ..    xx
<c>/marks/of/midterm                          ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/marks/import                              ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/marks/import/confirm                      ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/marks/lists/<none>/undo                   ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/statuses                                  ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/statuses/<none>/undo                      ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/statuses/import                           ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/statuses/import/confirm                   ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/fails/<bystander>/plagiarism/confirm      ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    oo    xx
<c>/fails/<bystander>/plagiarism/dismiss      ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    oo    xx
<c>/fails/decisions/<none>/undo               ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    ..    xx
<c>/appeals                                   ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    xx    xx
<c>/appeals/<none>/withdraw                   ss    ..    ..    ..    ..    ..    ..    ..    ..    ..    ..    xx
<c>/appeals/<none>/decide                     ss    ..    ..    ..    ..    ..    ..    ..    ..    ..    ..    xx
<c>/appeals/<none>/take-back                  ss    ..    ..    ..    ..    ..    ..    ..    ..    ..    ..    xx
<c>/grades/what-if                            ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grades/what-if/save                       ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    oo    xx
<c>/grades/release                            ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    oo    xx
<c>/grades/reopen                             ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    oo    xx
<c>/grades/export/worksheet                   ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grades/export/worksheet/filled            ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/findings/<none>/accept      ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/findings/<none>/reject      ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/findings/<none>/separate    ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/findings/<none>/split       ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/members/<bystander>/adjust  ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/mistakes                    ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/mistakes/<none>             ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/mistakes/<none>/detectable  ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/mistakes/<none>/merge       ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/mistakes/<none>/verdict     ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/read/1                      ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/read/preview                ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/reviews/<mine>/marks        ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/second                      ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/second/<none>/answer        ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/second/<none>/withdraw      ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/grading/<key>/suggestions                 ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/suggestions/deny            ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/suggestions/shown           ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/suggestions/undo            ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/grading/<key>/undo                        ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/grading/graders                           ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    oo    xx
<c>/groups                                    ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/groups/<none>/members                     ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/groups/<none>/name                        ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/people                                    ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/people/<bystander>/role                   ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/people/import                             ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/people/import/confirm                     ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/repository/flags                          ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/repository/look                           ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/repository/projects                       ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/reviews/<mine>/draft                      ss    ..    ..    ..    ..    oo    ..    ..    ..    xx    xx    xx
<c>/reviews/<mine>/findings                   ss    ..    ..    ..    ..    oo    ..    ..    ..    xx    xx    xx
<c>/reviews/<mine>/findings/<none>            ss    ..    ..    ..    ..    .o    ..    ..    ..    xx    xx    xx
<c>/reviews/<mine>/findings/<none>/check      ss    ..    ..    xx    xx    x.    xx    xx    xx    xx    xx    xx
<c>/reviews/<mine>/findings/<none>/undo-check ss    ..    ..    xx    xx    xo    xx    xx    xx    xx    xx    xx
<c>/reviews/<mine>/findings/<none>/places/0   ss    ..    ..    xx    xx    xo    xx    xx    xx    xo    xo    xx
<c>/reviews/<mine>/findings/<none>/places/0/undo ss ..    ..    xx    xx    x.    xx    xx    xx    x.    x.    xx
<c>/reviews/<mine>/findings/<none>/restore    ss    ..    ..    ..    ..    .o    ..    ..    ..    xx    xx    xx
<c>/reviews/<mine>/findings/<none>/withdraw   ss    ..    ..    ..    ..    .o    ..    ..    ..    xx    xx    xx
<c>/reviews/<mine>/preview                    ss    ..    ..    ..    ..    oo    ..    ..    ..    oo    oo    xx
<c>/reviews/<mine>/unfiled                    ss    ..    ..    ..    ..    oo    ..    ..    ..    xx    xx    xx
<c>/reviews/<mine>/unfiled/discard            ss    ..    ..    ..    ..    oo    ..    ..    ..    oo    oo    xx
<c>/reviews/<mine>/verdicts                   ss    ..    ..    ..    ..    oo    ..    ..    ..    oo    oo    xx
<c>/reviews/<mine>/viewed                     ss    ..    ..    ..    ..    oo    ..    ..    ..    xx    xx    xx
<c>/reviews/<mine>/submit                     ss    ..    ..    ..    ..    oo    ..    ..    ..    oo    oo    xx
<c>/reviews/release                           ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/reviews/withhold                          ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/settings/extensions                       ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/settings/extensions/<none>/revoke         ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/settings/file                             ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    oo    xx
<c>/settings/file/confirm                     ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    oo    xx
<c>/settings/repository                       ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    oo    xx
<p>/change                                    ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<p>/findings/<none>                           ss    ..    ..    ..    ..    ..    ..    ..    ..    oo    oo    xx
<p>/remove                                    ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<p>/version-1/choose                          ss    ..    ..    xx    xx    xx    xx    xx    xx    xx    xx    xx
<p>/version-1/replace                         ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    oo    xx
<c>/memberships/<none>/leave                  ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
<c>/people/<bystander>/leave                  ss    ..    ..    xx    xx    xx    xx    xx    xx    oo    ..    xx
<c>/people/<bystander>/look-as                ss    ..    ..    xx    xx    xx    xx    xx    xx    ..    ..    xx
"""


def _reviewer(last: Stage) -> str:
    """Somebody who reviews the project, has handed in, and was never released."""
    return next(one.email for one in last.reviews if one.project == KEY and one.edition and not one.is_released)


def _drop_out(last: Stage) -> str:
    """Somebody who was released from their review of the project."""
    return next(one.email for one in last.reviews if one.project == KEY and one.is_released)


def _visitors(stage: Stage, last: Stage) -> dict[str, FlaskClient]:
    emails = {
        "foreigner": OTHER_STUDENT,
        "foreign staff": OTHER_INSTRUCTOR,
        "observer": OBSERVER,
        "other developer": OTHER_DEVELOPER,
        "reviewer": _reviewer(last),
        "drop-out": _drop_out(last),
        "developer": DEVELOPER,
        "former member": FORMER_MEMBER,
        "assistant": ASSISTANT,
        "instructor": INSTRUCTOR,
    }
    visitors = {name: stage.visitor(email) for name, email in emails.items()}
    visitors["stranger"] = stage.visitor(None)
    visitors["as developer"] = stage.visitor(INSTRUCTOR, as_email=DEVELOPER)
    return {name: visitors[name] for name in PEOPLE}


def _addresses(stage: Stage, last: Stage) -> dict[str, str]:
    """What the words of the tables stand for at this stop."""
    nothing = "0123456789abcdef"
    reviews = {one.email: one for one in stage.reviews if one.project == KEY}
    mine, dropped = reviews.get(_reviewer(last)), reviews.get(_drop_out(last))
    return {
        "<c>": f"/c/{COURSE}",
        "<other>": f"/c/{OTHER_COURSE}",
        "<p>": f"/c/{COURSE}/projects/{KEY}",
        "<v1>": f"/c/{COURSE}/projects/{KEY}/version-1",
        "<v2>": f"/c/{COURSE}/projects/{KEY}/version-2",
        "<key>": KEY,
        "<mine>": mine.review_id if mine else nothing,
        "<dropped>": dropped.review_id if dropped else nothing,
        "<assignment>": mine.assignment_id if mine else nothing,
        "<student>": stage.enrollment_id(DEVELOPER),
        "<bystander>": stage.enrollment_id(BYSTANDER),
        "<finding>": stage.finding_of(mine.review_id) if mine else nothing,
        "<none>": nothing,
    }


def _sign(client: FlaskClient, method: str, address: str) -> str:
    answer = client.open(address, method=method, headers=FROM_HERE if method == "POST" else {})
    answer.close()
    if answer.status_code == 401 or "/sign-in" in answer.headers.get("Location", ""):
        return "s"
    assert answer.status_code < 500, f"{method} {address}"
    return {403: "x", 404: "."}.get(answer.status_code, "o")


def _asked(stage: Stage, last: Stage, method: str, words: Iterable[str]) -> dict[str, list[str]]:
    """Word → what each kind of person is told, in the order of the columns."""
    visitors, addresses = _visitors(stage, last), _addresses(stage, last)
    told = {}
    for word in words:
        address = word
        for name, value in addresses.items():
            address = address.replace(name, value)
        told[word] = [_sign(client, method, address) for client in visitors.values()]
    return told


def _table(text: str) -> dict[str, list[str]]:
    lines = [line.split() for line in text.strip().splitlines() if not line.startswith("#")]
    return {word: signs for word, *signs in lines}


def _at(table: Mapping[str, list[str]], number: int) -> dict[str, list[str]]:
    """The signs of one stop."""
    return {word: [signs[number] for signs in row] for word, row in table.items()}


@pytest.fixture(scope="module")
def last(story: KeptStory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The program at the last stop, to be read only."""
    stage = set_stage(story, STOPS[-1], tmp_path_factory.mktemp("last"))
    yield stage
    stage.database.close()


@pytest.mark.parametrize("stop", STOPS)
def test_every_page_opens_for_whom_the_table_says(stop: str, stage_at: Callable[[str], Stage], last: Stage) -> None:
    wanted = _at(_table(PAGES), STOPS.index(stop))
    assert _asked(stage_at(stop), last, "GET", wanted) == wanted


@pytest.mark.parametrize("stop", ["reviewing", "grading"])
def test_every_verb_hears_whom_the_table_says(stop: str, stage_at: Callable[[str], Stage], last: Stage) -> None:
    """Each with an empty form, by those who may least first.

    So some verbs find nothing left to do for the instructor, who comes last: who has left cannot leave again.
    """
    wanted = _at(_table(VERBS), ("reviewing", "grading").index(stop))
    assert _asked(stage_at(stop), last, "POST", wanted) == wanted


def test_tables_name_every_route_of_a_course(last: Stage) -> None:
    app, addresses = last.app, _addresses(last, last)
    named = {"GET": set(), "POST": set()}  # type: dict[str, set[str]]
    for method, text in (("GET", PAGES), ("POST", VERBS)):
        adapter = app.url_map.bind("localhost")
        for word in _table(text):
            address = word
            for name, value in addresses.items():
                address = address.replace(name, value)
            named[method].add(str(adapter.match(address.partition("?")[0], method=method)[0]))
    routes = {
        method: {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/c/") and method in (rule.methods or ())
        }
        for method in named
    }
    assert {method: routes[method] - named[method] for method in routes} == {"GET": set(), "POST": set()}
