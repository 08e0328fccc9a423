import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.logbook.merkle import EMPTY_ROOT, Tree, is_consistent, leaf_hash, node_hash, root_from_inclusion

# Published vectors: the reference Merkle tree tests of Certificate Transparency (merkletree/merkle_tree_test.cc,
# also used by transparency-dev/merkle), for the hash tree of RFC 6962 2.1.
LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
_A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
_D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
_F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSION = [
    (0, 1, []),
    (0, 8, [_A, _B, _C]),
    (5, 8, [_D, _E, ROOTS[3]]),
    (2, 3, [ROOTS[1]]),
    (1, 5, [ROOTS[0], _B, _D]),
]
CONSISTENCY = [(1, 1, []), (1, 8, [_A, _B, _C]), (6, 8, [_F, _E, ROOTS[3]]), (2, 5, [_B, _D])]


def tree_of(leaves: list[bytes]) -> Tree:
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf_hash(leaf))
    return tree


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive_root(leaves[:split]), naive_root(leaves[split:]))


def naive_inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162 2.1.3.1, word for word."""
    if len(leaves) <= 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*naive_inclusion(index, leaves[:split]), naive_root(leaves[split:])]
    return [*naive_inclusion(index - split, leaves[split:]), naive_root(leaves[:split])]


def naive_consistency(first: int, leaves: list[bytes], complete: bool = True) -> list[bytes]:
    """RFC 9162 2.1.4.1, word for word."""
    if first == len(leaves):
        return [] if complete else [naive_root(leaves)]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if first <= split:
        return [*naive_consistency(first, leaves[:split], complete), naive_root(leaves[split:])]
    return [*naive_consistency(first - split, leaves[split:], False), naive_root(leaves[:split])]


def test_an_empty_tree_has_the_hash_of_nothing_as_its_root() -> None:
    assert Tree().root() == EMPTY_ROOT == naive_root([])
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_X3_the_roots_are_those_of_the_published_vectors(size: int) -> None:
    assert tree_of(LEAVES[:size]).root().hex() == ROOTS[size - 1]
    assert tree_of(LEAVES).root(size).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_X3_inclusion_proofs_are_those_of_the_published_vectors(index: int, size: int, proof: list[str]) -> None:
    assert [node.hex() for node in tree_of(LEAVES).inclusion(index, size)] == proof


@pytest.mark.parametrize(("first", "second", "proof"), CONSISTENCY)
def test_X3_consistency_proofs_are_those_of_the_published_vectors(first: int, second: int, proof: list[str]) -> None:
    assert [node.hex() for node in tree_of(LEAVES).consistency(first, second)] == proof


SIZES = st.integers(0, 70).flatmap(lambda second: st.tuples(st.integers(0, second), st.just(second)))


@given(SIZES)
def test_roots_and_consistency_proofs_equal_the_naive_tree_and_verify(sizes: tuple[int, int]) -> None:
    first, second = sizes
    leaves = [bytes([number]) for number in range(70)]
    tree = tree_of(leaves)
    proof = tree.consistency(first, second)

    assert tree.root(second) == naive_root(leaves[:second])
    assert list(proof) == (naive_consistency(first, leaves[:second]) if first else [])
    assert is_consistent(first, second, tree.root(first), tree.root(second), proof)
    assert len(proof) <= max(second - 1, 0).bit_length() + 1


@given(SIZES.filter(lambda sizes: sizes[0] < sizes[1]))
def test_inclusion_proofs_equal_the_naive_tree_and_verify(place: tuple[int, int]) -> None:
    index, size = place
    leaves = [bytes([number]) for number in range(70)]
    tree = tree_of(leaves)
    proof = tree.inclusion(index, size)

    assert list(proof) == naive_inclusion(index, leaves[:size])
    assert root_from_inclusion(tree.leaf(index), index, size, proof) == tree.root(size)


@given(SIZES.filter(lambda sizes: 0 < sizes[0] < sizes[1]), st.data())
def test_a_changed_history_has_no_consistency_proof(sizes: tuple[int, int], data: st.DataObject) -> None:
    first, second = sizes
    leaves = [bytes([number]) for number in range(second)]
    changed = data.draw(st.integers(0, first - 1))
    other = tree_of([*leaves[:changed], b"changed", *leaves[changed + 1 :]])

    proof = other.consistency(first, second)
    assert not is_consistent(first, second, tree_of(leaves).root(first), other.root(second), proof)


@given(SIZES.filter(lambda sizes: sizes[0] < sizes[1]), st.data())
def test_a_spoilt_inclusion_proof_leads_to_another_root(place: tuple[int, int], data: st.DataObject) -> None:
    index, size = place
    tree = tree_of([bytes([number]) for number in range(size)])
    proof = list(tree.inclusion(index, size))
    spoilt = data.draw(
        st.sampled_from(
            [proof[:-1], [*proof, bytes(32)], [bytes(32), *proof[1:]], proof[::-1] if len(proof) > 1 else [bytes(32)]]
        ).filter(lambda one: one != proof)
    )
    assert root_from_inclusion(tree.leaf(index), index, size, spoilt) != tree.root(size)


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_truncated_tree_grows_again_as_if_it_had_never_been_longer(first: int, second: int) -> None:
    leaves = [bytes([number]) for number in range(first + second)]
    tree = tree_of(leaves)
    tree.truncate(first)
    assert (tree.size, tree.root()) == (first, naive_root(leaves[:first]))
    for leaf in leaves[first:]:
        tree.append(leaf_hash(leaf))
    assert tree.root() == naive_root(leaves)


def test_what_is_not_in_the_tree_cannot_be_asked_for() -> None:
    tree = tree_of(LEAVES)
    for ask in (
        lambda: tree.root(9),
        lambda: tree.inclusion(8, 8),
        lambda: tree.consistency(9, 8),
        lambda: tree.leaf(8),
        lambda: tree.consistency(1, 9),
    ):
        with pytest.raises(IndexError):
            ask()
