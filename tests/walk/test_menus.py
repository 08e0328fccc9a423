"""Every page that a menu offers opens for whoever it is offered to."""

import re
from pathlib import Path

from tests.kit.whole_ward import whole_ward


def test_every_link_that_a_reader_is_offered_opens_for_that_reader(tmp_path: Path) -> None:
    with whole_ward(tmp_path, [()]) as ward:
        ward.settle()
        followed = 0
        for account in ward.accounts:
            ward.web.cookies.clear()
            ward.sign_in(account.role, account.room)
            home = ward.web.get("/", follow_redirects=True)
            menu = home.text.split("<nav", 1)[1].split("</nav>", 1)[0]
            for path in re.findall(r'href="([^"]+)"', menu):
                said = ward.web.get(path, follow_redirects=True)
                assert said.status_code == 200, f"{account.role}: {path} is offered and answers {said.status_code}"
                followed += 1
        assert followed >= len(ward.accounts)
