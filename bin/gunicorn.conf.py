"""How gunicorn serves the inbox: as many processes as cores, threads for browsers that wait."""

import os
import signal

from flexie.config import AT_ONCE, MOST_STREAMS

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(4, max(2, os.cpu_count() or 2)))
threads = AT_ONCE + MOST_STREAMS  # an open browser holds one while it listens for news
timeout = 60  # seconds
graceful_timeout = 10
keepalive = 30  # longer than the pauses of a polling browser
limit_request_line = 8190  # bytes; the most that gunicorn takes: names of rules may be long, and are percent-encoded
loglevel = "warning"
control_socket_disable = True


def post_worker_init(worker):
    """Streams of news end at once when the worker is to end, instead of holding it up."""

    def ends(number):
        before = signal.getsignal(number)

        def end(*arguments):
            worker.wsgi.extensions["live"].close()
            before(*arguments)

        signal.signal(number, end)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        ends(number)
