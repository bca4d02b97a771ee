"""The pages: what every request goes through, and one blueprint a subject."""

from flask import Flask

from flexie.web import (
    api,
    assets,
    compose,
    conversation,
    counting,
    csrf,
    documents,
    errors,
    facts,
    fieldadmin,
    handling,
    headers,
    imports,
    inbox,
    library,
    limits,
    linking,
    live,
    login,
    media,
    notices,
    optouts,
    picking,
    reading,
    records,
    replying,
    rulefiles,
    runs,
    scheduled,
    seen,
    sendlater,
    settings,
    shortlinks,
    showing,
    signin,
    starting,
    webhooks,
    welcome,
    you,
)

PAGES = (
    signin.bp,
    inbox.bp,
    conversation.bp,
    compose.bp,
    handling.bp,
    replying.bp,
    scheduled.bp,
    optouts.bp,
    media.bp,
    facts.bp,
    live.bp,
    linking.bp,
    records.bp,
    imports.bp,
    fieldadmin.bp,
    rulefiles.bp,
    runs.bp,
    starting.bp,
    notices.bp,
    library.bp,
    picking.bp,
    documents.bp,
    *settings.BLUEPRINTS,
    you.bp,
)
OPEN = (shortlinks.bp, welcome.bp)
"""Pages for people who have no account here; whoever has their address may see them."""
MACHINES = (webhooks.bp, api.bp)


def register(app: Flask) -> None:
    """Give the application its pages, and the addresses that programs call."""
    for part in (
        imports,
        documents,
        media,
        reading,
        login,
        seen,
        csrf,
        headers,
        assets,
        showing,
        counting,
        sendlater,
        settings,
        errors,
    ):
        part.init_app(app)
    for blueprint in MACHINES:
        csrf.let_machines_call(blueprint)
    for blueprint in (*PAGES, *OPEN, *MACHINES):
        app.register_blueprint(blueprint)
    limits.init_app(app)
