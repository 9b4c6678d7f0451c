"""The forms of the first page and of one's own account."""

from typing import Annotated

from pydantic import Field

from web.schemas.shapes import Form

Password = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(max_length=24)]


class SignInForm(Form):
    """An account's name and its password."""

    login: Annotated[str, Field(min_length=1, max_length=40)]
    password: Password
    code: Code = ""  # of an app, or a recovery code


class PasswordForm(Form):
    """The password so far, and the one from now on."""

    old: Password
    new: Password


class FactorForm(Form):
    """Who sets up an app proves again who they are."""

    password: Password
    code: Code = ""


class CodeForm(Form):
    """What the new app shows."""

    code: Code
