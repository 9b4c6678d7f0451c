"""What routing says when it cannot begin."""


class BadProblem(ValueError):
    """A problem or plan that makes no sense; the message names the field.

    Attributes:
        field: the path of the field, such as `tasks[3].pickup.windows`.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message

    def under(self, prefix: str) -> "BadProblem":
        """The same complaint, seen from one level further out."""
        if not prefix:
            return self
        joint = "" if not self.field or self.field.startswith("[") else "."
        return type(self)(f"{prefix}{joint}{self.field}", self.message)


class NotYetHonoured(BadProblem):
    """The problem is fine, but no engine here can honour this field yet."""


class EngineMissing(RuntimeError):
    """An engine was asked for that is not installed; nothing stands in for it."""


class BadRoads(ValueError):
    """A road file that cannot be read, or that holds no usable street."""


class WrongPlan(RuntimeError):
    """An engine made a plan that breaks a rule; it is never handed out."""
