"""What the model's commands need of the settings: the person's own, without any project's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import evolve

from lastmile import files
from lastmile.config.environment import from_environment, is_named, user_file
from lastmile.config.local import LocalModel
from lastmile.config.project_files import SettingsFiles
from lastmile.config.resolve import Resolved, resolve
from lastmile.config.writing import with_setting
from lastmile.errors import RequestError, SettingsError
from lastmile.text.snapshot import Snapshot


def resolved(env: Mapping[str, str]) -> Resolved:
    """Resolve the person's own settings."""
    own = SettingsFiles(user_file(env), named=is_named(env))
    return resolve(own.user(), from_environment(env))


def local_model(env: Mapping[str, str]) -> LocalModel:
    """Give the settings of the local model."""
    return resolved(env).settings.model


def name_model(file: Path, env: Mapping[str, str]) -> Path:
    """Write a model's file into the person's own settings, and give that file.

    Nothing else in it changes; a link stays a link. Raises `RequestError` where it cannot be written.
    """
    place = user_file(env).resolve()
    if place.exists():
        snapshot = files.read(place)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        snapshot = evolve(Snapshot(place.as_uri(), "", place), is_new=True)
    try:
        text = with_setting(snapshot.text, "model", "path", str(file))
    except SettingsError as error:
        message = f"{place} {error}."
        raise RequestError(message) from error
    files.write(snapshot, text)
    return place
