"""What the tour's page asks of its player."""

from typing import Annotated

from pydantic import Field

from web.schemas.shapes import Form


class WishForm(Form):
    """Up to which scene the day shall go on; `again` begins a new one."""

    scene: Annotated[str, Field(max_length=20)]
