"""Passwords: what is good enough, and how they are kept (bcrypt over a digest, so that no length is cut off)."""
from __future__ import annotations

import base64
import hashlib
import unicodedata

import bcrypt

from crm_data.errors import N_, InputError

SHORTEST = 15
LONGEST = 512
_COMMON = frozenset(("password", "123456", "qwerty", "letmein", "welcome", "admin", "iloveyou", "monkey", "dragon", "mabat"))


def check_password(password: str, name: str = "") -> None:
    """Raise a sentence when ``password`` is too short, too common or too alike the user's name."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        raise InputError(N_("The password has {n} characters; use at least {least}, for example four words."), n=len(password), least=SHORTEST)
    if len(password) > LONGEST:
        raise InputError(N_("The password is longer than {most} characters."), most=LONGEST)
    rest = plain
    for word in (*_COMMON, *(w for w in (name.casefold(),) if len(w) > 3)):
        rest = rest.replace(word, "")
    if len(set(plain)) < 6 or len(rest.strip("0123456789!.-_ ")) < SHORTEST // 3:
        raise InputError(N_("The password is easy to guess. Use several unrelated words."))


def condensed(password: str) -> str:
    """What is hashed: bcrypt reads 72 bytes only, so a digest of the whole stands for the password."""
    digest = hashlib.sha256(unicodedata.normalize("NFKC", password).encode()).digest()
    return base64.b64encode(digest).decode()


def hash_password(password: str) -> str:
    return bcrypt.hashpw(condensed(password).encode(), bcrypt.gensalt(12)).decode()


#: Checked when the user does not exist, so that both take as long.
DUMMY_HASH = "$2b$12$C6UzMDM.H6dfI/f/IKcEeO7ZLrE0Gl5mYqYk1mJx7Q1sGmN3u0y3a"
