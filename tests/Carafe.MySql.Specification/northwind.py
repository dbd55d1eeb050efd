"""Makes statements of EF Core's file northwind.db, with the columns that the provider gives the model's types."""
import sqlite3


def statements(path):
    """Returns the statements that make the database northwind of SQLite's file."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    yield "DROP DATABASE IF EXISTS northwind; CREATE DATABASE northwind CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin; USE northwind;"
    yield "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES';"
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall()
    for (table,) in tables:
        columns = db.execute(f'PRAGMA table_info("{table}")').fetchall()
        keys = [c[1] for c in columns if c[5]]
        lines = [f'"{c[1]}" {column_type(c[1], c[2], c[1] in keys)}{" NOT NULL" if c[3] else ""}' for c in columns]
        if keys == [columns[0][1]] and columns[0][2] == "INTEGER" and table != "Region":
            lines[0] += " AUTO_INCREMENT"
        lines.append("PRIMARY KEY (" + ", ".join(f'"{k}"' for k in keys) + ")")
        lines += [f'KEY ("{c[1]}")' for c in columns if c[1].endswith("ID") and keys != [c[1]]]
        yield f'CREATE TABLE "{table}" (' + ", ".join(lines) + ");"
        for row in db.execute(f'SELECT * FROM "{table}"'):
            yield f'INSERT INTO "{table}" VALUES (' + ", ".join(map(literal, row)) + ");"
    for (view,) in db.execute("SELECT sql FROM sqlite_master WHERE type = 'view'"):
        yield view + ";"


def column_type(name, type_, key):
    if name in ("EmployeeID", "ReportsTo"):
        return "int unsigned"
    if name in ("UnitsInStock", "UnitsOnOrder", "ReorderLevel"):
        return "smallint unsigned"
    if name in ("Quantity", "Discontinued"):
        return "smallint" if name == "Quantity" else "tinyint(1)"
    if type_ == "INTEGER":
        return "int"
    if type_ == "REAL":
        return "double" if name == "Discount" else "decimal(18,4)"
    if type_ == "BLOB":
        return "longblob"
    if name.endswith("Date"):
        return "datetime(6)"
    return "varchar(255)" if key or name.endswith("ID") else "longtext"


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return str(value) if isinstance(value, (int, float)) else "'" + value.replace("'", "''") + "'"
