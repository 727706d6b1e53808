"""The server of the browser view: Solara in this process, on this machine's loopback unless asked otherwise."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
import time
import warnings
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.outputs.folder import OutputError
from sim.view.guard import LOOPBACK, Guard

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
    "SOLARA_SESSION_HTTP_ONLY": "true",
    "SOLARA_APP": "sim.view.app",
}


def serve(scenario: str, host: str = "127.0.0.1", port: int | None = None, open_browser: bool = True) -> None:
    """Serve the view until interrupted.

    Args:
        scenario: A shipped scenario, a YAML file, or a folder of results, with which sessions begin.
        host: Address to listen on. Beyond loopback a warning is printed and a token is required.
        port: Port to listen on; if None, 8765, or a free one if that is taken.
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
        name = scenario if not Path(scenario).suffix else str(Path(scenario).resolve())
    number = _free(host, port)
    token = None if host in LOOPBACK else secrets.token_urlsafe(18)
    _run(name, opened, host, number, token, open_browser)


def _run(scenario: str, opened: Opened | None, host: str, port: int, token: str | None, open_browser: bool) -> None:
    os.environ.update(SETTINGS)
    shown = f"[{host}]" if ":" in host else host
    home = f"http://{shown}:{port}/"
    address = home + (f"?token={token}" if token else "")
    os.environ["SOLARA_ASSETS_CDN"] = f"{home}absent/"  # no other server is asked for what the package lacks
    _say("Starting the view; a moment.")
    from solara.server.starlette import ServerStarlette, app

    from sim.view.app import start_with
    from sim.view.session import baseline_of

    start_with(scenario, opened)
    baseline_of(scenario)  # compiles the model, so that the first page need not wait
    _say(f"Corridor's view is at {address}")
    if token:
        _say("Warning: everybody who reaches this machine and has the token can use it, and the way is not encrypted.")
    _say("Ctrl-C ends it.")
    # A warning at every page that cookies on plain HTTP are lax, which is intended.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none", category=UserWarning)
    server = ServerStarlette(port, host, starlette_app=Guard(app, token), log_level="warning")
    if open_browser:
        threading.Thread(target=_open, args=(server, address), daemon=True).start()
    server.serve()


def _open(server: Any, address: str) -> None:
    while not (hasattr(server, "server") and server.has_started()):
        time.sleep(0.05)
    webbrowser.open(address)


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
