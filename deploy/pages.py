"""Running one typer page as a function with an exit code."""

import typer


def run_page(page: typer.Typer, name: str, arguments: list[str] | None) -> int:
    """Run a page.

    Args:
        page: the verb's.
        name: as the person typed it, for the help.
        arguments: without the name; the process's own when None.

    Returns:
        The exit code; the process goes on.
    """
    try:
        page(args=arguments, prog_name=name, standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
