"""Who is signing in."""

from console.roles import Actor, Role

__all__ = ["Actor", "Role"]
