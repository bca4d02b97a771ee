"""An in-file test and the running system never differ: random histories go through both.

A history is a file of one to five random rules and what happens to one person: what was given, texts, reports,
changes, starts, and time that passes. Everything comes from a seed.

It happens first in the running system (`running`): rules and records come in by the API, texts and receipts as signed
webhooks of Twilio and of the Simulator's protocol, work is done by the jobs that the bell rings for, time is told by
the timekeeper, texts go through the adapters to a carrier on a loopback port (`carrier`), webhooks to one as well. A
part of the histories has real Redis and RQ's worker in between, a part PostgreSQL.

Then it is written down as a test of that file (`written`), with `expect` lines for the texts that the carrier got,
fields, tags, and how far each rule came, and `rehearsed` runs it as `flask rules test` does. It must pass; and what
both databases hold at the end is read (`seen`) and must be equal, word by word: texts with numbers, lines, order and
outcome, fields, tags, owners, cases, records created, runs with their logs and data, starts that were not to be,
notices, calls, consent.

Nothing of the rehearsal's driver stands in `running`; its clock arithmetic is written anew (`walltime`). Only what
nobody could make equal is left out: random ids become numbers in order, a carrier's error code reads as the
rehearsed one does, and the answer to a webhook stands in a real run's log only.

`comparing` says what differs first and makes a history shorter while it still differs; `coverage` counts what really
happened. The long version: python -m tests.histories.long_runs 2000 [SEED].
"""
