"""Row 4: optimistic locking in a database: an UPDATE that asks for the version that was read.

Prints:
    unchecked: 1 of 2
    version: the second changed 0 rows, read again
    version: 2 of 2
"""
import sqlite3


def fresh():
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE counter (id INTEGER PRIMARY KEY, n INTEGER, version INTEGER)")
    db.execute("INSERT INTO counter VALUES (1, 0, 0)")
    return db


def read(db):
    return db.execute("SELECT n, version FROM counter WHERE id = 1").fetchone()


def write(db, n):
    db.execute("UPDATE counter SET n = ?, version = version + 1 WHERE id = 1", (n,))


def write_if_unchanged(db, n, version):
    changed = db.execute(
        "UPDATE counter SET n = ?, version = version + 1 WHERE id = 1 AND version = ?",
        (n, version),
    )
    return changed.rowcount == 1


def main():
    db = fresh()
    (one, _), (other, _) = read(db), read(db)  # both read before either writes
    write(db, one + 1)
    write(db, other + 1)
    print("unchecked:", read(db)[0], "of 2")

    db = fresh()
    one, other = read(db), read(db)
    assert write_if_unchanged(db, one[0] + 1, one[1])
    while not write_if_unchanged(db, other[0] + 1, other[1]):
        print("version: the second changed 0 rows, read again")
        other = read(db)
    print("version:", read(db)[0], "of 2")


if __name__ == "__main__":
    main()
