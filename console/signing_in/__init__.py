"""How people come in: sessions, passkeys, and the hospital's own sign-in by OpenID Connect (rule X6)."""
