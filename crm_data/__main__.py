"""``python -m crm_data`` is ``mabat``."""
from crm_data.cli import main

main(prog_name="mabat")
