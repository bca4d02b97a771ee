"""How gunicorn serves the inbox: as many processes as cores, threads for browsers that wait."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(4, max(2, os.cpu_count() or 2)))
threads = 8
timeout = 60  # seconds
graceful_timeout = 10
keepalive = 30  # longer than the pauses of a polling browser
loglevel = "warning"
control_socket_disable = True
