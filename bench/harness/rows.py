"""The rows every server serves: made by rule, so that a check can tell what each answer must be."""

from datetime import datetime, timedelta, timezone

USERS = 10_000
PASSWORD = "seven grey herons at dawn"
FIRST = datetime(2024, 1, 1, 8, 0, 0, tzinfo=timezone.utc)
TEXT = (
    "The ferry left the harbour before the rain did, and those who stayed behind watched it grow small between the islands. "
    "Nobody had thought to count the passengers. By noon the baker knew, the schoolmaster knew, and the dog that slept on "
    "the pier had moved two planks to the left."
)


def instant(number, step):
    # The last digit of the microseconds is never zero: then every driver writes the same text.
    return FIRST + timedelta(seconds=number * step, microseconds=100_001 + (number * 7919) % 80_000 * 10)


def stored(time):
    return time.strftime("%Y-%m-%d %H:%M:%S.%f")


def user(number):
    return {"id": number, "username": f"user{number:05}", "email": f"user{number:05}@example.com", "created_at": instant(number, 60)}


def post(number):
    return {
        "id": number,
        "title": f"Post {number}: notes from the harbour",
        "body": f"{number}. {TEXT}",
        "user_id": (number * 31) % USERS + 1,
        "created_at": instant(number, 20),
        "updated_at": instant(number, 20),
    }


def user_row(number, password_hash=""):
    row = user(number)
    return row | {"username_key": row["username"].lower(), "password_hash": password_hash, "role": "user", "updated_at": row["created_at"], "version": 1, "disabled_at": None}


def post_row(number):
    return post(number) | {"version": 1}
