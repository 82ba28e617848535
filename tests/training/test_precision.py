"""Numbers of half the size, where they are faster."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")

from models.training import precision  # noqa: E402


@pytest.mark.parametrize("name", [*precision.NATIVE, None])
def test_bfloat16_is_used_only_where_the_processor_has_it(name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True} | ({name: True} if name else {}))
    x = torch.ones(2, 2)
    for enabled in (True, False):
        with precision.autocast(enabled=enabled):
            made = x @ x
        assert made.dtype == (torch.bfloat16 if name and enabled else torch.float32)
