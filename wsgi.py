"""What gunicorn loads: the application, and in a demo the courier of its pretend phone network."""

from app import create_app

app = create_app()

if courier := app.extensions.get("courier"):
    courier.start()
