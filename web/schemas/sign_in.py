"""The form of the first page."""

from typing import Annotated

from pydantic import Field

from web.schemas.shapes import Form


class SignInForm(Form):
    """An account's name and its password."""

    login: Annotated[str, Field(min_length=1, max_length=40)]
    password: Annotated[str, Field(min_length=1, max_length=200)]
