"""The limit of the workers' measure: RQ's SimpleWorker working off jobs that do nothing, in a process of its own.

`python -m benchmarks.rq_limit SOCKET JOBS` prints the jobs a second.
"""

import sys
import time

from redis import Redis
from rq import Queue, SimpleWorker

QUEUE = "benchmark-nothing"


def nothing() -> None:
    """A job that does nothing."""


def rate(redis: Redis, jobs: int) -> float:
    """Jobs a second that a SimpleWorker works off, with the jobs in the queue before it starts."""
    queue = Queue(QUEUE, connection=redis)
    queue.enqueue_many([Queue.prepare_data("benchmarks.rq_limit.nothing") for _ in range(jobs)])
    worker = SimpleWorker([queue], connection=redis)
    started = time.perf_counter()
    worker.work(burst=True, logging_level="ERROR")
    return jobs / (time.perf_counter() - started)


if __name__ == "__main__":
    print(rate(Redis(unix_socket_path=sys.argv[1]), int(sys.argv[2])))
