"""Ask the console in this container whether it is alive: exit code 0 when it says so, 1 when not."""

import http.client
import ssl
import sys
from urllib.parse import urlsplit

PATIENCE_S = 4


def is_alive(url: str) -> bool:
    """Return whether an address answers with 200.

    Args:
        url: of this machine itself; whose certificate it shows is not asked, for it never left the container.
    """
    told = urlsplit(url)
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    if told.scheme == "https":
        asked: http.client.HTTPConnection = http.client.HTTPSConnection(
            told.netloc, timeout=PATIENCE_S, context=trusting
        )
    else:
        asked = http.client.HTTPConnection(told.netloc, timeout=PATIENCE_S)
    try:
        asked.request("GET", told.path or "/")
        return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


if __name__ == "__main__":
    sys.exit(0 if is_alive(sys.argv[1]) else 1)
