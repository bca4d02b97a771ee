"""How tests with random input run: the same input each time, and no hurry on a machine that has other things to do."""

from hypothesis import HealthCheck, settings

calmly = settings(deadline=None, derandomize=True, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
