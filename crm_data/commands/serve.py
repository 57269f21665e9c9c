"""``mabat serve``: the demonstration firm if there is no data, a one-time sign-in link, then the dashboard."""
from __future__ import annotations

import os
import socket
import sys
from datetime import timedelta
from pathlib import Path

import click

from crm_data.accounts.sessions import make_ticket
from crm_data.accounts.users import ensure_administrator
from crm_data.commands import speaking
from crm_data.commands.columns import columns
from crm_data.commands.speaking import told
from crm_data.errors import N_, InputError, cause_of
from crm_data.model.appdb import open_appdb
from crm_data.model.snapshots import open_store
from crm_data.settings import load_settings

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard.py"
TICKET_LASTS = timedelta(minutes=30)


def check_port(address: str, port: int) -> None:
    """Raise a sentence when the port cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1" if address == "localhost" else address, port))
        except OSError as error:
            raise InputError(N_("Port {port} on {address} cannot be used ({reason}). Is Mabat running already? Stop it, or choose another: mabat serve --port {other}."),
                             port=port, address=address, reason=cause_of(error), other=port + 1) from error


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port; default: the setting (8501).")
@click.option("--address", help="Address to listen on; default: this machine only.")
@click.option("--demo/--no-demo", default=True, show_default=True, help="Make the demonstration firm when there is no data yet.")
def serve(port: int | None, address: str | None, demo: bool) -> None:
    """Serve the dashboard."""
    settings = load_settings()
    port, address = port or settings.port, address or settings.address
    check_port(address, port)
    if not DASHBOARD.is_file():
        raise InputError(N_("The dashboard is not here ({file}). Run Mabat from its folder, installed with “make setup”."), file=DASHBOARD)
    if demo and open_store(settings.warehouse, **settings.place).published() is None:
        from crm_data.commands.demo import demo as make_demo
        make_demo.main([], standalone_mode=False)
    engine = open_appdb(settings.appdb)
    administrator = ensure_administrator(engine)
    ticket = make_ticket(engine, administrator, TICKET_LASTS)
    shown = "localhost" if address in ("localhost", "127.0.0.1", "0.0.0.0", "::") else address
    lines = columns([[told(N_("Mabat is at")), f"http://{shown}:{port}"], [told(N_("Sign in once with")), f"http://{shown}:{port}/auth/enter?ticket={ticket}"],
                     [told(N_("as")), told(N_("{name} ({full_name}); the link works once, for {n} minutes"), name=administrator.name, full_name=administrator.full_name,
                                           n=int(TICKET_LASTS.total_seconds() // 60))],
                     [told(N_("Set a password")), f"mabat user password {administrator.name}"]])
    speaking.write("\n".join(["", *(f"  {line}" for line in lines), ""]))
    sys.stdout.flush()
    # dashboard.py reads the configuration beside it, so the server runs in its folder; paths of the settings are made absolute before.
    environment = {**os.environ, "MABAT_HOME": str(settings.home.resolve())}
    os.chdir(DASHBOARD.parent)
    os.execvpe(sys.executable, [sys.executable, "-m", "streamlit", "run", str(DASHBOARD), "--server.port", str(port), "--server.address", address,
                                "--server.headless", "true"], environment)
