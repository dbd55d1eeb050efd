"""Runs the image of ops/container as Docker, compose and Kubernetes would: another user, a read-only root, the environment, command, folders and probes
that the files name. Called by .ci/containers."""

import contextlib
import http.client
import json
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys
import time

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATIENCE = 90
ALICE = {"username": "alice", "email": "alice@example.com", "password": "correct horse battery"}


def fail(reason):
    sys.exit(f"containers: {reason}")


def until(what, condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            fail(f"{what}: not within {PATIENCE} s")
        time.sleep(0.1)


def ask(path, port=8080, method="GET", body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json", **(headers or {})})
        response = connection.getresponse()
        return response.status, response.read().decode()
    except OSError as error:
        return 0, str(error)
    finally:
        connection.close()


def expect(status, path, **request):
    got, body = ask(path, **request)
    if got != status:
        fail(f"{path} is {got} and not {status}: {body[:300]}")
    return body


class Image:
    """The image: its files and what its configuration says."""

    def __init__(self, work):
        self.filesystem, self.work = work / "image", work
        config = json.loads((work / "image.json").read_text())["Docker"]["config"]
        self.user, self.entrypoint, self.folder = config["User"], config["Entrypoint"], config["WorkingDir"]
        self.environment = dict(pair.split("=", 1) for pair in config["Env"])
        self.health, self.stop, self.volumes = config["Healthcheck"]["Test"], config["StopSignal"], config["Volumes"]

    def begin(self, arguments=(), environment=None, mounts=None, read=None, entrypoint=None):
        """Starts a container: process 1 is the image's user without capabilities, and writes to its mounts alone."""
        given = {**self.environment, **(environment or {})}
        hosts = self.work / "hosts"
        hosts.write_text("127.0.0.1 localhost db redis\n")
        ask_child, tell_child = os.pipe()
        command = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", "--no-new-privs", "--bounding-set=-all",
                   "bwrap", "--unshare-user", "--unshare-pid", "--as-pid-1", "--die-with-parent", "--clearenv", "--info-fd", str(tell_child),
                   "--ro-bind", str(self.filesystem), "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run",
                   "--ro-bind", str(hosts), "/etc/hosts", "--chdir", self.folder]
        for inside, outside in (mounts or {}).items():
            command += ["--tmpfs", inside] if outside is None else ["--bind", str(outside), inside]
        for inside, outside in (read or {}).items():
            command += ["--ro-bind", str(outside), inside]
        for name, value in given.items():
            command += ["--setenv", name, value]
        process = subprocess.Popen([*command, "--", *(entrypoint or self.entrypoint), *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   pass_fds=[tell_child], text=True)
        os.close(tell_child)
        with os.fdopen(ask_child) as info:
            process.first = json.load(info)["child-pid"]
        return process

    def run(self, *arguments, **options):
        process = self.begin(arguments, **options)
        output = process.communicate(timeout=PATIENCE)[0]
        return process.returncode, output

    def healthy(self, environment=None):
        kind, *command = self.health
        assert kind == "CMD", kind
        return self.run(entrypoint=command, environment=environment)[0] == 0

    def end(self, process, within):
        begun = time.monotonic()
        os.kill(process.first, getattr(signal, self.stop))
        output = process.communicate(timeout=within)[0]
        if process.returncode != 0:
            fail(f"ended with {process.returncode}:\n{output}")
        print(f"    {self.stop}: exit code 0 after {time.monotonic() - begun:.1f} s")


def folder(image, name, group=False):
    """A volume: of the image's user, or as Kubernetes makes one for fsGroup."""
    path = image.work / name
    path.mkdir()
    user = int(image.user)
    os.chown(path, 0 if group else user, user)
    path.chmod(0o2775 if group else 0o755)
    return path


def as_docker(image):
    print("  docker run --read-only --tmpfs /tmp")
    inside = (image.filesystem / "data").stat()
    if (list(image.volumes), str(inside.st_uid), image.user) != (["/data"], image.user, "1654"):
        fail("the volume /data is not the user's")
    data = folder(image, "data")
    options = {
        "mounts": {"/tmp": None, "/data": data},
        "environment": {"SECRET_KEY": secrets.token_hex(32), "JWT_SECRET_KEY": secrets.token_hex(32), "DATABASE_URL": "sqlite:////data/app.db",
                        "MAIL_URL": "off", "TRUSTED_PROXIES": "127.0.0.1", "AllowedHosts": "api.example.com"},
    }
    look = "id -u && ! touch /app/x /etc/x /home/app/x 2>/dev/null && touch /data/x && rm /data/x && grep CapEff /proc/self/status"
    code, output = image.run(entrypoint=["bash", "-c", look], **options)
    if code != 0 or output.split() != ["1654", "CapEff:", "0000000000000000"]:
        fail(f"another user, a read-only root, a volume to write in: {code} {output}")
    for command in (["db", "upgrade"], ["check", "--deploy", "--fail-level", "warning"]):
        code, output = image.run(*command, **options)
        if code != 0:
            fail(f"{' '.join(command)} ended with {code}:\n{output}")
    if image.healthy():
        fail("the health check passes without an app")
    api = image.begin(**options)
    until("the health check passes", image.healthy)
    host = {"Host": "api.example.com"}
    expect(200, "/readyz", headers=host)
    expect(201, "/auth/register", method="POST", headers=host, body=ALICE)
    # Docker waits for ten seconds.
    image.end(api, within=10)
    if not (data / "app.db").exists():
        fail("the database is not on the volume")


@contextlib.contextmanager
def servers(image, services, password):
    """Debian's PostgreSQL and Redis, with what compose.yaml says of theirs."""
    tools = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    data, user = image.work / "postgres", services["db"]["environment"]["POSTGRES_USER"]
    data.mkdir(mode=0o700)
    shutil.chown(data, "postgres", "postgres")
    (image.work / "password").write_text(password)
    drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    subprocess.run([*drop, tools / "initdb", "-D", data, "-U", user, "-A", "scram-sha-256", "--pwfile", image.work / "password"], check=True,
                   stdout=subprocess.DEVNULL)
    running = [subprocess.Popen([*drop, tools / "postgres", "-D", data, "-k", data, "-c", "fsync=off"], stderr=subprocess.DEVNULL),
               subprocess.Popen(services["redis"]["command"], stdout=subprocess.DEVNULL, cwd=image.work)]
    environment = {**os.environ, "PGPASSWORD": password, "PGHOST": "127.0.0.1", "PGUSER": user}
    try:
        for name in ("db", "redis"):
            test = services[name]["healthcheck"]["test"][1:]
            until(f"{name} is healthy", lambda: subprocess.run(test, env=environment, stdout=subprocess.DEVNULL).returncode == 0)
        for name in (services["db"]["environment"]["POSTGRES_DB"], "kubernetes"):
            subprocess.run([tools / "createdb", name], env=environment, check=True)
        yield
    finally:
        for server in running:
            server.terminate()
            server.wait()


def as_compose(image, compose, password):
    print("  compose.yaml, with Debian's PostgreSQL and Redis")
    values = {"secret_key": secrets.token_hex(32), "jwt_secret_key": secrets.token_hex(32), "database_password": password,
              "database_url": f"postgresql://myapi:{password}@db:5432/myapi?sslmode=disable"}
    stored = image.work / "secrets"
    stored.mkdir()
    for name in compose["secrets"]:
        (stored / name).write_text(values[name] + "\n")
    for name in ("migrate", "api"):
        service = compose["services"][name]
        if not service["read_only"] or service["cap_drop"] != ["ALL"]:
            fail(f"{name} has more than it needs")
        mounts = {path: None for path in service["tmpfs"]}
        for volume in service.get("volumes", []):
            mounts[volume.split(":")[1]] = folder(image, f"compose-{volume.split(':')[0]}")
        process = image.begin([word.replace("$$", "$") for word in service.get("command", [])], environment=service["environment"], mounts=mounts,
                              read={f"/run/secrets/{secret}": stored / secret for secret in service["secrets"]},
                              entrypoint=[word.replace("$$", "$") for word in service["entrypoint"]])
        if name == "migrate" and process.wait(PATIENCE) != 0:
            fail(f"migrate ended with {process.returncode}:\n{process.stdout.read()}")
    until("the health check passes", image.healthy)
    until("/readyz is 200", lambda: ask("/readyz")[0] == 200)
    expect(201, "/auth/register", method="POST", body=ALICE)
    image.end(process, within=int(compose["services"]["api"]["stop_grace_period"].rstrip("s")))


def as_kubernetes(image, password):
    print("  myapi.yaml, with the same PostgreSQL")
    documents = {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all((ROOT / "ops/kubernetes/myapi.yaml").read_text())}
    deployment = documents["Deployment", "myapi"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    for selector in (deployment["spec"]["selector"]["matchLabels"], documents["Service", "myapi"]["spec"]["selector"],
                     documents["PodDisruptionBudget", "myapi"]["spec"]["selector"]["matchLabels"]):
        if selector != labels:
            fail(f"{selector} selects nothing")
    secret = {"SECRET_KEY": secrets.token_hex(32), "JWT_SECRET_KEY": secrets.token_hex(32), "METRICS_TOKEN": secrets.token_hex(32),
              "DATABASE_URL": f"postgresql://myapi:{password}@db:5432/kubernetes?sslmode=disable"}
    for kind, name in (("Job", "myapi-migrate"), ("Deployment", "myapi")):
        pod = documents[kind, name]["spec"]["template"]["spec"]
        container, = pod["containers"]
        rights = {**pod["securityContext"], **container["securityContext"]}
        if (str(rights["runAsUser"]), rights["runAsNonRoot"], rights["readOnlyRootFilesystem"]) != (image.user, True, True):
            fail(f"{name} does not run as the image's user on a read-only root")
        volumes = {volume["name"]: folder(image, f"{name}-{volume['name']}", group=True) for volume in pod["volumes"]}
        mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}
        environment = {**secret, **{pair["name"]: pair["value"] for pair in container.get("env", [])}}
        process = image.begin(container.get("args", []), environment=environment, mounts=mounts)
        if kind == "Job" and process.wait(PATIENCE) != 0:
            fail(f"{name} ended with {process.returncode}:\n{process.stdout.read()}")
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        request = container[probe]["httpGet"]
        until(probe, lambda: ask(request["path"], ports[request["port"]])[0] == 200)
    token = {"Authorization": f"Bearer {secret['METRICS_TOKEN']}"}
    if "http_server_request_duration" not in expect(200, "/metrics", port=ports["metrics"], headers=token):
        fail("/metrics has no metrics")
    image.end(process, within=pod["terminationGracePeriodSeconds"])


def main():
    image = Image(pathlib.Path(sys.argv[1]))
    as_docker(image)
    compose = yaml.safe_load((ROOT / "ops/container/compose.yaml").read_text())
    password = secrets.token_hex(32)
    with servers(image, compose["services"], password):
        as_compose(image, compose, password)
        as_kubernetes(image, password)


main()
