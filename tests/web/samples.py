"""Invented people, projects and moments for looking at the pages: long and short, full and empty."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from reviewhub.errors import Problem
from reviewhub.web.charts import (
    Part,
    Series,
    bar_chart,
    dot_chart,
    histogram,
    line_chart,
    sparkline,
    stacked_meter,
    waterfall,
)

NOW = datetime(2025, 11, 18, 9, 30, tzinfo=UTC)
LONG = "Unsupervised-Domain-Adaptation-with-a-Name-without-any-Space-that-must-break-somewhere-Nevertheless-2025"
NAMES = (
    "Ada Yıldız",
    "Barış Öztürk",
    "Çağla Şahin",
    "Maximiliane Freifrau von und zu Hohenstein-Wolfsburg",
    "Li",
    "",
)

CODE = '''def gradient_penalty(critic, real, fake):
    """Gulrajani et al. (2017), eq. 3."""
    mix = torch.rand(len(real), 1, 1, 1, device=real.device)
    ...'''


def after(**length: float) -> datetime:
    """A moment so long after NOW."""
    return NOW + timedelta(**length)


def phase_line(current: int = 4) -> list[dict[str, Any]]:
    """The semester with one phase current."""
    labels = (
        "Groups",
        "Proposals",
        "Development",
        "Version 1",
        "Reviews",
        "Answers",
        "Version 2",
        "Grading",
        "Released",
    )
    return [
        {
            "label": label,
            "state": "done" if place < current else "current" if place == current else "next",
            "moment": after(days=(place - current) * 12 + 3) if place not in {7, 8} else None,
        }
        for place, label in enumerate(labels)
    ]


def frame(*, role: str = "student", demonstration: bool = True, looking: bool = False) -> dict[str, Any]:
    """All slots of the layout inside a course."""
    staff = role in {"instructor", "assistant"}
    pages = [
        ("Home", "", False, None),
        ("Projects", "projects", False, None),
        ("Reviews", "reviews", False, 2),
    ]
    pages += (
        [
            ("Grading", "grading", False, 9),
            ("People", "people", False, None),
            ("Repository", "repository", False, None),
        ]
        if staff
        else []
    )
    pages += [("Grades", "grades", False, None)] + ([("Events", "events", False, None)] if staff else [])
    return {
        "viewer": {"name": "Prof. Deniz Arslan" if staff else "Çağla Şahin", "email": "someone@example.edu"},
        "course": {
            "slug": "ceng796",
            "title": "CENG 796",
            "name": "Deep Generative Models",
            "term": "Fall 2025",
            "url": "/c/ceng796/",
            "role": role,
        },
        "courses": [
            ("CENG 796, Fall 2025", "/c/ceng796/", True),
            ("CENG 501, Fall 2025", "/c/ceng501/", False),
        ],
        "navigation": [(label, f"/c/ceng796/{path}", label == "Home", count) for label, path, _, count in pages],
        "phase_line": phase_line(),
        "next_deadline": {
            "label": "Reviews due",
            "at": after(days=3, hours=11, minutes=29),
            "url": "/c/ceng796/reviews",
        },
        "demo": {
            "persona_url": "/demo/persona",
            "personas": [
                ("a", "Prof. Deniz Arslan, instructor", staff),
                ("b", "Çağla Şahin, student", not staff),
            ],
            "clock": NOW,
            "clock_url": "/demo/clock",
            "phases": [("reviewing", "Reviewing", True), ("grading", "Grading", False)],
        }
        if demonstration
        else None,
        "looking_for": {"name": "Ada Yıldız", "stop_url": "/look-as/stop"} if looking else None,
        "links": links(),
        "theme": "",
        "done": "",
    }


def links() -> dict[str, str]:
    """The addresses of the frame itself."""
    return {
        "home": "/",
        "sign_in": "/sign-in",
        "sign_out": "/sign-out",
        "sessions": "/sessions",
        "theme": "/theme",
    }


def needs() -> list[dict[str, Any]]:
    """Things that wait, from urgent to nothing much."""
    return [
        {
            "text": "Your review of AWGAN was due; it can still be handed in late",
            "url": "#1",
            "due_at": after(hours=-3),
            "tone": "bad",
        },
        {
            "text": "Finish your review of FlowMatch: 2 of 9 form items are empty",
            "url": "#2",
            "due_at": after(hours=26),
            "tone": "warn",
        },
        {
            "text": "Answer 7 findings on your project SinDiff",
            "url": "#3",
            "due_at": after(days=9),
            "tone": "accent",
        },
        {"text": f"Confirm the place of {LONG}", "url": "#4", "due_at": None},
    ]


def events() -> list[dict[str, Any]]:
    """What happened last."""
    return [
        {
            "at": after(hours=-2),
            "text": "submitted a review, edition 2",
            "who": "Barış Öztürk",
            "tone": "good",
            "url": "#",
        },
        {
            "at": after(hours=-20),
            "text": "Version 1 of SinDiff was frozen",
            "detail": "a1b2c3d, received 14 minutes before the deadline",
            "tone": "accent",
        },
        {
            "at": after(days=-2),
            "text": "A push rewrote history on the branch main",
            "detail": "Nothing frozen was touched.",
            "tone": "warn",
        },
        {"at": after(days=-5), "text": "The course file was updated", "who": "Prof. Deniz Arslan"},
    ]


def showcase() -> dict[str, Any]:
    """What web/showcase.html shows."""
    states = (
        ("reviewed", "good"),
        ("in review", "accent"),
        ("late", "warn"),
        ("not submitted", "bad"),
        ("waiting", "plain"),
    )
    rows = [
        {
            "key": ("AWGAN", "FlowMatch", "SinDiff", "VQ-VAE-2", "NeRF-W")[place % 5],
            "people": ", ".join(NAMES[place % 4 : place % 4 + 2]) if place != 2 else LONG,
            "state": states[place % 5][0],
            "tone": states[place % 5][1],
            "sha": f"{place * 7919 % 16**7:07x}" + "0" * 33 if place % 5 != 3 else None,
            "at": after(hours=-place * 5) if place % 5 != 3 else None,
            "findings": place * 3 % 11,
            "points": 100 - place * 7 % 60 - Decimal("0.125"),
            "change": Decimal(place * 5 % 9 - 4),
        }
        for place in range(100)
    ]
    marks = [3, 5, 8, 13, 9, 4]
    weeks = [f"Week {week}" for week in range(1, 9)]
    charts = [
        line_chart(
            "Findings per week",
            weeks,
            [
                Series(name="Filed", values=[0, 2, 9, 14, 31, 40, 12, None]),
                Series(name="Answered", values=[0, 0, 3, 9, 14, 33, 38, 41]),
            ],
        ),
        bar_chart("How version 1 was graded", ["0–50", "50–60", "60–70", "70–80", "80–90", "90–100"], marks),
        dot_chart("Marks by project", [("AWGAN", [71, 83.5]), ("FlowMatch", [55, 90]), (LONG, [62])], maximum=100),
        waterfall("From 100 to version 1", ("Starts at", 100), [("M1 Wrong sign", -15), (LONG, -8)], "Version 1"),
        histogram("Course grade: 24 students", [(0, 60, 5), (60, 80, 12), (80, 100, 7)], own=71.5),
        stacked_meter(
            "How findings were decided",
            [
                Part(name="Accepted", value=48, tone="good"),
                Part(name="Rejected", value=9, tone="bad"),
                Part(name="Undecided", value=14, tone="plain"),
            ],
        ),
    ]
    return {
        "names": NAMES,
        "long": LONG,
        "won": Decimal("7.125"),
        "lost": Decimal(-15),
        "past": after(hours=-30),
        "soon": after(hours=31),
        "later": after(days=12),
        "problems": (
            Problem(
                place="roster.csv, row 14",
                what="this mail address is in row 9 already.",
                hint="Keep one of them.",
            ),
            Problem(
                place="deadlines.reviews",
                what="the review window is 5 days; at least 7 are needed.",
                hint="Move it to 28 Nov or later.",
            ),
            Problem(place="", what="There are two projects with the key AWGAN."),
        ),
        "needs": needs(),
        "events": events(),
        "rows": rows,
        "charts": charts,
        "sparkline": sparkline([3, 4, 9, 7, 12], "Findings per week"),
        "tree": [
            {"label": "AWGAN", "kind": "folder", "depth": 0},
            {"label": "notebooks", "kind": "folder", "depth": 1},
            {"label": "main.ipynb", "url": "#t1", "kind": "notebook", "depth": 2, "current": True, "mark": 4},
            {"label": "awgan", "kind": "folder", "depth": 1},
            {"label": "model.py", "url": "#t2", "depth": 2, "mark": 2},
            {"label": f"{LONG}.py", "url": "#t3", "depth": 2},
            {"label": "weights.pt", "url": "#t4", "depth": 1, "note": "LFS pointer"},
            {"label": "README.md", "url": "#t5", "depth": 1},
        ],
        # A few lines of what is reviewed.
        "code": CODE,
    }


def course_home(role: str = "student") -> dict[str, Any]:
    """What courses/home.html shows to a student or to staff."""
    project = [
        ("AWGAN", "Attentive Wasserstein GAN", "in review", "accent"),
        ("FlowMatch", "Flow Matching for Generative Modeling", "in review", "accent"),
    ]
    project += [
        ("SinDiff", "Single-Image Diffusion", "reviewed", "good"),
        ("VQ-VAE-2", "Generating Diverse High-Fidelity Images", "not submitted", "bad"),
    ]
    rows = [
        {
            "key": key,
            "title": title,
            "url": "#",
            "members": NAMES[place : place + 2],
            "state": state,
            "tone": tone,
            "reviews": (place, 2) if place < 3 else None,
            "findings": place * 4,
        }
        for place, (key, title, state, tone) in enumerate(project)
    ]
    if role == "student":
        own = {
            "key": "SinDiff",
            "title": "Single-Image Diffusion",
            "url": "#",
            "members": NAMES[:3],
            "state": "version 1 frozen",
            "tone": "good",
            "version_line": "Version 1 is a1b2c3d, received 14 minutes before the deadline. "
            "The later push 9f8e7d0 came 40 minutes after it.",
        }
        return {"needs": needs()[:3], "own_project": own, "events": events()}
    figures = [
        ("24", "Students", "1 withdrew"),
        ("12", "Projects", "1 without version 1"),
        ("17 of 36", "Reviews in", "5 drafts"),
        ("104", "Findings", "61 answered"),
    ]
    return {
        "needs": needs(),
        "facts": figures,
        "projects": rows,
        "projects_url": "#",
        "events": events(),
        "events_url": "#",
    }


def cards() -> list[dict[str, Any]]:
    """The cards of the start page."""
    return [
        {
            "title": "CENG 796",
            "term": "Fall 2025",
            "role": "student",
            "url": "/c/ceng796/",
            "needs": needs()[:3],
            "phase": "Reviews",
        },
        {"title": "CENG 501", "term": "Fall 2025", "role": "assistant", "url": "/c/ceng501/", "needs": []},
        {
            "title": "CSCI 4701",
            "term": "Spring 2025",
            "role": "student",
            "url": "/c/csci4701/",
            "needs": [],
            "ended": True,
        },
    ]


def meanings() -> list[SimpleNamespace]:
    """One error page for each status."""
    return [
        SimpleNamespace(status=status, title=title, who=who, next_step=step)
        for status, title, who, step in (
            (401, "Please sign in", "You can go on after signing in.", "Sign in first."),
            (
                403,
                "You may not do this",
                "The staff of your course decide who may.",
                "If you think you should be able to, write to the instructor.",
            ),
            (
                404,
                "There is nothing here for you",
                "Check the address first.",
                "Go to the start page and find it from there.",
            ),
            (
                422,
                "That cannot be saved yet",
                "You can mend this.",
                "Go back, change what is named here, and send it again. Nothing was changed.",
            ),
            (
                502,
                "Another server did not answer",
                "Nobody has to act at once; it is tried again.",
                "If it stays like this, tell the instructor.",
            ),
        )
    ]
