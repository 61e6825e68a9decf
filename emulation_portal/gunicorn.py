"""How gunicorn serves the portal: 2 processes of 4 threads, on this machine's own address only."""

import os
from pathlib import Path

bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 5
# Heartbeat files of the processes: in memory, as a slow disk would make them look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
umask = 0o077
# The portal writes its own line for each request, without addresses; gunicorn's would hold them.
accesslog = None
loglevel = "error"
control_socket_disable = True
