"""The servers: how each is made ready, started and, where it cannot be had, why."""

import base64
import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .machine import version

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
WORK = BENCH / ".work"
PYTHON = "/usr/bin/python3"
SECRET = base64.b64encode(hashlib.sha384(b"the benchmark").digest()).decode()
APT = ["wrk", "python3-flask", "python3-flask-sqlalchemy", "python3-python-flask-jwt-extended", "python3-jwt", "python3-psycopg2", "gunicorn",
       "python3-fastapi", "python3-uvicorn", "python3-uvloop", "python3-httptools", "python3-passlib"]


@dataclass(frozen=True)
class Server:
    name: str
    what: str
    command: Callable
    missing: Callable
    build: Callable = lambda: None
    postgres: bool = False
    own_schema: bool = False
    home: Path | None = None
    note: str = ""
    only: tuple = ()
    settings: tuple = ()

    @property
    def is_dotnet(self):
        """Whether it gets faster for a quarter of a minute and more."""
        return self.missing is dotnet_missing

    def environment(self, port, url, folder):
        base = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "DOTNET_ROOT", "TMPDIR")}
        return base | {
            "PORT": str(port), "ASPNETCORE_URLS": f"http://127.0.0.1:{port}", "DATABASE_URL": url, "JWT_SECRET_KEY": SECRET, "SECRET_KEY": SECRET[::-1], "NODE_ENV": "production",
            "ASPNETCORE_ENVIRONMENT": "Production", "ACCESS_LOG": "false", "RATELIMIT_ENABLED": "false",
            "QUOTA_POSTS": "0", "QUOTA_FILES": "0", "QUOTA_BYTES": "0",
            "DOTNET_CLI_TELEMETRY_OPTOUT": "1", "PYTHONDONTWRITEBYTECODE": "1", "FILES_PATH": str(folder / "files"),
        } | dict(setting.split("=", 1) for setting in self.settings)


def modules(*names):
    def missing():
        known = subprocess.run([PYTHON, "-c", f"import {', '.join(names)}"], capture_output=True, text=True)
        return known.stderr.strip().splitlines()[-1] if known.returncode else None
    return missing


def dotnet_missing():
    return None if shutil.which("dotnet") else "no dotnet"


def published(project, name):
    def build():
        done = subprocess.run(
            ["dotnet", "publish", str(ROOT / project), "-c", "Release", "-r", "linux-x64", "--self-contained", "false", "-p:PublishReadyToRun=true",
             "-o", str(WORK / name), "--nologo", "-v", "q"], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{project} does not build:\n{done.stdout[-3000:]}")
    return build


def assembly(name, file):
    return lambda port: ["dotnet", str(WORK / name / file)]


def also(name, build):
    """Another build of MyApi, with or without the runtime in it, perhaps with settings: FOLDER,SQLITE_FAST=false."""
    folder, *settings = build.split(",")
    home = Path(folder).resolve()
    command = [str(home / "MyApi")] if (home / "libcoreclr.so").exists() else ["dotnet", str(home / "MyApi.dll")]
    return Server(name, f"MyApi as published in {', '.join([folder, *settings])}", lambda port: command, dotnet_missing, own_schema=True, postgres=True, home=home,
                  settings=tuple(settings))


def node_missing():
    if not shutil.which("node"):
        return "no node"
    return None if (BENCH / "peers/fastify/node_modules").exists() else "npm packages not installed (bench/run --install)"


SERVERS = [
    Server("myapi", "MyApi on Carafe", assembly("myapi", "MyApi.dll"), dotnet_missing, published("app/MyApi", "myapi"), home=WORK / "myapi", postgres=True,
           own_schema=True, note="checks the session of a token"),
    Server("floor", "bare minimal API, hand-written ADO.NET, source-generated JSON, group commit", assembly("floor", "Floor.dll"), dotnet_missing,
           published("bench/peers/floor", "floor"), home=WORK / "floor", note="checks the session of a token"),
    Server("kit", "the core of Carafe and nothing else", assembly("kit", "Kit.dll"), dotnet_missing, published("bench/peers/kit", "kit"), home=WORK / "kit", only=("healthz",)),
    Server("bare", "a minimal API as the template makes it", assembly("bare", "Bare.dll"), dotnet_missing, published("bench/peers/bare", "bare"), home=WORK / "bare", only=("healthz",)),
    Server("aspnet-plain", "ASP.NET Core 10 minimal API, EF Core 10, as their docs have it", assembly("aspnet-plain", "AspNetPlain.dll"), dotnet_missing,
           published("bench/peers/aspnet-plain", "aspnet-plain"), home=WORK / "aspnet-plain", postgres=True),
    Server("fastendpoints", "FastEndpoints, EF Core 10", assembly("fastendpoints", "EndpointsPeer.dll"), dotnet_missing,
           published("bench/peers/fastendpoints", "fastendpoints"), home=WORK / "fastendpoints"),
    Server("fastify", "Fastify, better-sqlite3, @fastify/jwt", lambda port: ["node", str(BENCH / "peers/fastify/server.js")], node_missing),
    Server("flask", "Flask, Flask-SQLAlchemy, Flask-JWT-Extended, gunicorn (3 workers, 4 threads each)",
           lambda port: [PYTHON, "-m", "gunicorn", "--chdir", str(BENCH / "peers/flask"), "--bind", f"127.0.0.1:{port}", "--workers", "3", "--threads", "4", "--log-level", "warning", "app:app"],
           modules("flask", "flask_sqlalchemy", "flask_jwt_extended", "gunicorn", "psycopg2"), postgres=True),
    Server("fastapi", "FastAPI, SQLAlchemy, PyJWT, uvicorn with uvloop and httptools",
           lambda port: [PYTHON, "-m", "uvicorn", "--app-dir", str(BENCH / "peers/fastapi"), "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "main:app"],
           modules("fastapi", "uvicorn", "uvloop", "httptools", "passlib")),
]


def versions():
    """Of what was used, for the report."""
    python = "import importlib.metadata as m\nprint(', '.join(f'{n} {m.version(n)}' for n in ('flask', 'flask-sqlalchemy', 'sqlalchemy', 'fastapi', 'pydantic', 'gunicorn', 'uvicorn')))"
    node = "Promise.all(['fastify','better-sqlite3'].map(async n=>n+' '+JSON.parse(await (await import('fs')).promises.readFile('node_modules/'+n+'/package.json')).version)).then(v=>console.log(v.join(', ')))"
    found = [
        ".NET " + (version("dotnet", "--list-runtimes") and max((line.split()[1] for line in subprocess.run(["dotnet", "--list-runtimes"], capture_output=True, text=True).stdout.splitlines() if line.startswith("Microsoft.AspNetCore.App 10.")), default="?")),
        f"Python {(version(PYTHON, '--version') or '?').split()[-1]}: {version(PYTHON, '-c', python)}",
        f"Node {version('node', '--version')}: " + (subprocess.run(["node", "-e", node], capture_output=True, text=True, cwd=BENCH / "peers/fastify").stdout.strip() or "no packages") if shutil.which("node") else "no node",
    ]
    return found + [line for line in [version("postgres", "--version")] if line]


def install():
    """What the peers need, from Debian and npm."""
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    subprocess.run([*sudo, "apt-get", "update"], check=True)
    subprocess.run([*sudo, "apt-get", "install", "-y", "--no-install-recommends", *APT], check=True)
    if shutil.which("npm"):
        # Where no prebuilt better-sqlite3 can be had it is compiled, with the headers that came with node.
        subprocess.run(["npm", "ci"], check=True, cwd=BENCH / "peers/fastify", env=os.environ | {"npm_config_nodedir": "/usr"})
