"""The invented people of the demonstration course: three staff, 24 students, twelve groups.

Nobody here exists. Surnames say so in many languages (Örnek, Hayali, Przykład, Ejemplo: example, imaginary),
addresses are under `example.org`, student numbers start with 99.
"""

from dataclasses import dataclass
from typing import Literal

STUDENT_DOMAIN = "student.example.org"
STAFF_DOMAIN = "staff.example.org"


@dataclass(frozen=True, kw_only=True)
class Person:
    """One invented person. `git_name` and `git_email` are what their git says where the roster says otherwise."""

    key: str
    name: str
    role: Literal["instructor", "assistant", "student"] = "student"
    student_number: str = ""
    git_name: str = ""
    git_email: str = ""

    @property
    def email(self) -> str:
        """Return the address in the roster."""
        return f"{self.key}@{STUDENT_DOMAIN if self.role == 'student' else STAFF_DOMAIN}"

    @property
    def signature(self) -> tuple[str, str]:
        """Return the name and address this person's commits carry."""
        return self.git_name or self.name, self.git_email or self.email


@dataclass(frozen=True, kw_only=True)
class Group:
    """The developers of one project. `withdrawn` names who left, and how many days before version 1 was due."""

    project: str
    name: str
    members: tuple[str, ...]
    withdrawn: tuple[tuple[str, int], ...] = ()


def _student(key: str, name: str, number: int, *, git_name: str = "", git_email: str = "") -> Person:
    return Person(key=key, name=name, student_number=f"99{number:05d}", git_name=git_name, git_email=git_email)


STAFF: tuple[Person, ...] = (
    Person(key="nihal", name="Nihal Öğreten", role="instructor"),
    Person(key="tolga", name="Tolga Yardımcı", role="assistant"),
    Person(key="greta", name="Greta Musterfrau", role="assistant"),
)
STUDENTS: tuple[Person, ...] = (
    _student("elif", "Elif Hayali", 10012),
    _student("jose", "José Ejemplo", 10027),
    _student("umut", "Umut Örnek", 10044),
    _student("lukasz", "Łukasz Przykład", 10051),
    _student("zehra", "Zehra Uydurma", 10068),
    _student("ingrid", "Ingrid Eksempel", 10073),
    _student("cagri", "Çağrı Deneme", 10089, git_name="cagri-gpu-box", git_email="root@gpu-box.example.net"),
    _student("mirei", "Mirei Rei", 10096),
    _student("gokce", "Gökçe Temsili", 10104),
    _student("samira", "Samira Namuna", 10111),
    _student("oguz", "Oğuz Varsayım", 10125),
    _student("chloe", "Chloé Exemple", 10130),
    _student("baris", "Barış Kurgu", 10147),
    _student("ana", "Ana Primer", 10152),
    _student("sule", "Şule Sözde", 10169, git_name="sule", git_email="sule.sozde@mail.example.com"),
    _student("viktor", "Viktor Příklad", 10174),
    _student("irmak", "Irmak Masal", 10181),
    _student("noor", "Noor Voorbeeld", 10198),
    _student("deniz", "Deniz Farazi", 10206),
    _student("thao", "Thảo Ví Dụ", 10213),
    _student("kerem", "Kerem Taslak", 10228),
    _student("ipek", "İpek Rastgele", 10235),
    _student("aino", "Aino Esimerkki", 10249),
    _student("omer", "Ömer Yokoğlu", 10254),
)
GROUPS: tuple[Group, ...] = (
    Group(project="WGAN-GP", name="Gradient Police", members=("elif", "jose")),
    Group(project="VAE", name="Yeniden Parametre", members=("umut", "zehra")),
    Group(project="Beta-VAE", name="Untangled", members=("lukasz", "ingrid", "gokce")),
    Group(project="DDPM", name="Slow Denoisers", members=("cagri", "mirei")),
    Group(project="RealNVP", name="Jacobian", members=("samira",)),
    Group(project="PixelCNN", name="Raster Order", members=("oguz", "chloe")),
    Group(project="NCSN", name="Annealed", members=("baris", "ana")),
    Group(project="VQ-VAE", name="Nearest Neighbours", members=("sule", "viktor")),
    Group(project="CycleGAN", name="There and Back", members=("irmak", "noor")),
    Group(project="DCGAN", name="Checkerboard", members=("deniz", "thao")),
    Group(project="FlowMatching", name="Straight Paths", members=("kerem",)),
    Group(project="ConsistencyModels", name="One Step", members=("ipek", "aino", "omer"), withdrawn=(("omer", 24),)),
)


def person_of(key: str) -> Person:
    """Return the person with this key; `KeyError` where there is none."""
    return {person.key: person for person in (*STAFF, *STUDENTS)}[key]


def group_of(project: str) -> Group:
    """Return the developers of a project; `KeyError` where there are none."""
    return {group.project: group for group in GROUPS}[project]
