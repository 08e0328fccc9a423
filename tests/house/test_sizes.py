"""Small rooms: nine files in ten and nine functions in ten stay small, and none becomes a giant."""

from tests.kit.house import Module, functions, modules

FILE_LINES, FUNCTION_LINES = 270, 30
GIANT_FILE, GIANT_FUNCTION = 420, 80


def grown() -> list[Module]:
    """Return what is read and changed; a migration is written once and never again."""
    return [module for module in modules() if ".migrations." not in module.name]


def share(sizes: list[int], limit: int) -> float:
    return sum(size <= limit for size in sizes) / len(sizes)


def test_nine_files_in_ten_are_small_and_none_is_a_giant() -> None:
    sizes = {module.name: module.lines for module in grown()}
    print("largest files:", sorted(sizes.items(), key=lambda one: -one[1])[:10])
    assert share(list(sizes.values()), FILE_LINES) >= 0.9
    assert {name: size for name, size in sizes.items() if size > GIANT_FILE} == {}


def test_nine_functions_in_ten_are_small_and_none_is_a_giant() -> None:
    sizes = {f"{module.name}.{name}": size for module in grown() for name, size in functions(module)}
    print("longest functions:", sorted(sizes.items(), key=lambda one: -one[1])[:10])
    assert share(list(sizes.values()), FUNCTION_LINES) >= 0.9
    assert {name: size for name, size in sizes.items() if size > GIANT_FUNCTION} == {}
