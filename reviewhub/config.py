"""The installation's settings: `config.toml` plus the environment, read once into one frozen value."""

import difflib
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from reviewhub.errors import Misconfigured

ENVIRONMENT_FILE = "REVIEWHUB_CONFIG"
DEFAULT_FILE = Path("config.toml")


class Part(BaseModel):
    """A table of `config.toml`: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(Part):
    """Where rows live: SQLite (a file) or PostgreSQL."""

    url: str = "sqlite:///data/reviewhub.sqlite"
    work_url: str = "sqlite:///data/work.sqlite"


class FilesSettings(Part):
    """Where files live: mirrors on this disk, rendered pieces in the object store."""

    data: Path = Path("data")
    objects: str = "data/objects"


class ServerSettings(Part):
    """The two origins the pages are served from."""

    base_url: str = "http://127.0.0.1:8000"
    content_url: str = "http://localhost:8001"
    threads: Annotated[int, Field(ge=1, le=256)] = 8
    trusted_proxies: Annotated[int, Field(ge=0, le=8)] = 0

    @model_validator(mode="after")
    def two_hosts(self) -> Self:
        """Refuse one host name for both origins: cookies do not know ports."""
        if urlsplit(self.base_url).hostname == urlsplit(self.content_url).hostname:
            msg = "content_url needs another host name than base_url, because cookies do not know ports"
            raise ValueError(msg)
        return self


class MailSettings(Part):
    """How mail leaves: printed on the console, or by SMTP."""

    transport: Literal["console", "smtp"] = "console"
    sender: str = "ReviewHub <reviewhub@localhost>"
    host: str = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    security: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password_env: str = "REVIEWHUB_SMTP_PASSWORD"  # noqa: S105 - the name of a variable, not a password


class SignInSettings(Part):
    """How long links and sessions last."""

    link_minutes: Annotated[int, Field(ge=1, le=1440)] = 20
    idle_days: Annotated[int, Field(ge=1, le=365)] = 14
    absolute_days: Annotated[int, Field(ge=1, le=365)] = 60
    secret_env: str = "REVIEWHUB_SECRET"  # noqa: S105 - the name of a variable, not a secret


class ReceiptsSettings(Part):
    """How receipts of frozen versions are signed."""

    key_env: str = "REVIEWHUB_RECEIPT_KEY"


class GitSettings(Part):
    """How the shared repositories are fetched."""

    poll_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    wall_seconds: Annotated[int, Field(ge=5, le=3600)] = 300
    local_paths: bool = False
    private_addresses: bool = False
    token_env: str = "REVIEWHUB_GIT_TOKEN"  # noqa: S105 - the name of a variable, not a token


class Limits(Part):
    """What is refused because it is too large."""

    upload_megabytes: Annotated[int, Field(ge=1, le=1024)] = 8
    notebook_megabytes: Annotated[int, Field(ge=1, le=1024)] = 64


class NotebookSettings(Part):
    """What a page renders itself, and what the worker may spend on a notebook above that."""

    render_here_megabytes: Annotated[int, Field(ge=0, le=1024)] = 6
    render_here_seconds: Annotated[float, Field(gt=0, le=60)] = 0.5
    cell_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0
    wall_seconds: Annotated[int, Field(ge=1, le=3600)] = 120
    memory_megabytes: Annotated[int, Field(ge=256, le=65536)] = 1024


class DemonstrationSettings(Part):
    """Only for the demonstration: its clock is moved, and a person is chosen by a click."""

    personas: bool = False
    clock_file: Path | None = None


class LogSettings(Part):
    """How the log is written."""

    form: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Part):
    """Everything an installation decides, in one value."""

    database: DatabaseSettings = DatabaseSettings()
    files: FilesSettings = FilesSettings()
    server: ServerSettings = ServerSettings()
    mail: MailSettings = MailSettings()
    sign_in: SignInSettings = SignInSettings()
    receipts: ReceiptsSettings = ReceiptsSettings()
    git: GitSettings = GitSettings()
    limits: Limits = Limits()
    notebooks: NotebookSettings = NotebookSettings()
    demonstration: DemonstrationSettings = DemonstrationSettings()
    log: LogSettings = LogSettings()

    @property
    def mirrors(self) -> Path:
        """The folder of the bare mirrors."""
        return self.files.data / "mirrors"

    @property
    def versions(self) -> Path:
        """The folder where packs of frozen versions are unpacked for reading; only a memory."""
        return self.files.data.absolute() / "versions"

    def secret(self, name: str) -> str:
        """The secret in the environment variable `name`, or an empty text."""
        return os.environ.get(name, "")


def read_settings(file: Path | None = None) -> Settings:
    """Read `config.toml` (argument, then $REVIEWHUB_CONFIG, then the working folder; all defaults without one).

    Raises Misconfigured with every fault of the file in one sentence each.
    """
    chosen = file or Path(os.environ.get(ENVIRONMENT_FILE, DEFAULT_FILE))
    if not chosen.exists():
        if file is not None or ENVIRONMENT_FILE in os.environ:
            msg = f"There is no settings file {chosen}."
            raise Misconfigured(msg)
        return Settings()
    try:
        content = tomllib.loads(chosen.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as fault:
        msg = f"{chosen} cannot be read: {fault}."
        raise Misconfigured(msg) from fault
    return settings_from(content, place=str(chosen))


def settings_from(content: dict[str, Any], *, place: str) -> Settings:
    """Turn a parsed settings file into Settings; Misconfigured names every fault with its key."""
    try:
        return Settings.model_validate(content)
    except ValidationError as fault:
        faults = "; ".join(_fault_sentence(error) for error in fault.errors())
        msg = f"{place}: {faults}."
        raise Misconfigured(msg) from fault


def _fault_sentence(error: Any) -> str:
    key = ".".join(str(step) for step in error["loc"])
    if error["type"] != "extra_forbidden":
        return f"{key or 'file'}: {error['msg'].removeprefix('Value error, ')}"
    part: type[BaseModel] = Settings
    for step in error["loc"][:-1]:
        annotation = part.model_fields[str(step)].annotation
        part = annotation if isinstance(annotation, type) else part
    near = difflib.get_close_matches(str(error["loc"][-1]), part.model_fields, n=1)
    return f"{key}: there is no such key" + (f", did you mean {near[0]}?" if near else "")
