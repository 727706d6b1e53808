"""The server of the browser view: Solara in this process, on this machine's loopback unless asked otherwise."""

from __future__ import annotations

import atexit
import gc
import os
import secrets
import socket
import sys
import tempfile
import threading
import time
import warnings
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.data.durable_files import write_text
from sim.outputs.folder import OutputError
from sim.view.guard import Address, Guard
from sim.view.policy import HEADERS, Policy

if TYPE_CHECKING:
    from sim.view.opened_folder import Opened

PORT = 8765
# Set before Solara is imported, which reads them once.
SETTINGS = {
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_ASSETS_PROXY": "true",  # scripts and fonts come from this server, from the package solara-assets
    "SOLARA_MODE": "production",
    "SOLARA_KERNEL_CULL_TIMEOUT": "60s",  # for a tab whose connection broke; a closed tab ends at once
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "Corridor",
    "SOLARA_THEME_LOADER": "plain",  # which is replaced by ours: `sim.view.policy.SPLASH`
    "SOLARA_SESSION_HTTP_ONLY": "true",
    "SOLARA_SERVER_HTTP_GZIP": "false",  # pages are changed on their way; files are compressed all the same
    "SOLARA_ROOT_PATH": "",  # else the first request decides by its headers where scripts come from
    "SOLARA_APP": "sim.view.app",
}
# Of uvicorn. Frames larger than a page sends end the connection; so does a websocket that answers no ping for
# a minute: on a busy machine a browser may be away for half of one.
LIMITS: dict[str, Any] = {
    "ws_max_size": 1 << 20,
    "ws_ping_interval": 20,
    "ws_ping_timeout": 60,
    "h11_max_incomplete_event_size": 1 << 14,  # of a request's headers
    "limit_concurrency": 256,  # connections: each tab has seven at most
    "proxy_headers": False,
    "server_header": False,
    "headers": list(HEADERS),
}


def serve(scenario: str, host: str = "127.0.0.1", port: int | None = None, open_browser: bool = True) -> None:
    """Serve the view until interrupted. A token is asked for, which is printed with the address.

    Args:
        scenario: What sessions begin with: a shipped name or a YAML file, or a folder of results.
        host: Address to listen on, and the only one under which pages are served. Beyond loopback a warning is printed.
        port: Port to listen on; 8765, or a free one where that is taken, when None.
        open_browser: Whether to open the page in this machine's browser.

    Raises:
        ScenarioError: If the scenario is not valid.
        OutputError: If the folder holds no results, the port is taken or the host is not this machine's.
    """
    from sim.scenario import load_scenario
    from sim.view.opened_folder import Opened

    opened = Opened.read(Path(scenario)) if Path(scenario).is_dir() else None
    if opened:
        name = opened.start
    else:
        load_scenario(scenario)
        name = scenario if not Path(scenario).suffix else _short(Path(scenario).resolve())
    _run(name, opened, Address(host, _free(host, port)), open_browser)


def _run(scenario: str, opened: Opened | None, address: Address, open_browser: bool) -> None:
    token = secrets.token_urlsafe(18)
    shown = f"[{address.host}]" if ":" in address.host else address.host
    home = f"http://{shown}:{address.port}/"
    os.environ.update(SETTINGS)
    os.environ["SOLARA_BASE_URL"] = home
    os.environ["SOLARA_ASSETS_CDN"] = f"{home}absent/"  # what the package lacks is asked of nobody else
    _say("Starting the view; a moment.")
    from solara.server import starlette
    from solara.server.kernel_context import contexts

    from sim.view.app import start_with
    from sim.view.slow_clients import PatientToAPoint
    from sim.view.wire.outbox import Outbox

    starlette.WebsocketWrapper = Outbox
    start_with(scenario, opened)
    _made_ready(scenario)
    _say(f"Corridor's view is at {home}?token={token}")
    if not address.is_loopback:
        _say("Warning: everybody who reaches this machine and has the token can use it, and the way is not encrypted.")
    _say("Ctrl-C ends it.")
    # A warning at every page that cookies on plain HTTP are lax, which is intended.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none", category=UserWarning)
    guarded = Policy(Guard(starlette.app, address, token, sessions=lambda: contexts))
    # Within a machine it takes longer to compress messages than to copy them.
    limits = {**LIMITS, "ws_per_message_deflate": not address.is_loopback}
    server = starlette.ServerStarlette(
        address.port, address.host, starlette_app=guarded, log_level="warning", http=PatientToAPoint, **limits
    )
    if open_browser:
        threading.Thread(target=_open, args=(server, f"{home}?token={token}"), daemon=True).start()
    server.serve()


def _made_ready(scenario: str) -> None:
    """Do beforehand what the first page would wait for: its run, which compiles the model, its map, the others' titles.

    What is there by now stays: it is no longer looked through for what can be freed, which took a sixth of a second
    each time that a model was replaced.
    """
    from sim.view.geometry import geometry_json
    from sim.view.session import Session, baseline_of, titles

    baseline_of(scenario)
    geometry_json(Session(scenario).scenario)
    gc.collect()
    gc.freeze()
    threading.Thread(target=titles, args=(scenario,), daemon=True).start()


def _short(file: Path) -> str:
    """Return a file's path as links name it: from the working folder, where it lies in it."""
    here = Path.cwd()
    return file.relative_to(here).as_posix() if file.is_relative_to(here) else str(file)


def _open(server: Any, address: str) -> None:
    """Open the page by a file that only its owner reads: all on the machine see what a browser is started with."""
    folder = tempfile.TemporaryDirectory(prefix="corridor-")
    atexit.register(folder.cleanup)
    file = Path(folder.name) / "open.html"
    write_text(file, f'<meta http-equiv="refresh" content="0;url={address}">')
    while not (hasattr(server, "server") and server.has_started()):
        time.sleep(0.05)
    webbrowser.open(file.as_uri())


def _free(host: str, port: int | None) -> int:
    """Return the port if it is free; if None, 8765 or any free one."""
    for number in [port] if port is not None else [PORT, 0]:
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, number))
                return int(probe.getsockname()[1])
        except (OSError, OverflowError) as error:
            problem = error
    where = f"--host {host}" if port is None else f"--host {host} --port {port}"
    reason = getattr(problem, "strerror", None) or "a port from 0 to 65535 is allowed"
    raise OutputError(f"{where}: cannot listen there: {reason}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
