"""What a save came to, in a few sentences."""

from flexie import rulebook
from flexie.web.showing import figure

MOST_TOLD = 5  # rules that are named


def words(saved: rulebook.Saved, choice: rulebook.Waiting) -> str:
    """What to tell somebody who saved a file."""
    if not saved.in_force:
        if any(rule.is_on for rule in saved.file.rules):
            return "Saved as a draft, because of the mistakes below. The last version without mistakes stays in force."
        return "Saved as a draft, because of the mistakes below. Nothing of this file is in force yet."
    told = ["Saved. These rules are in force now."]
    told += [_one(change, choice) for change in saved.changes[:MOST_TOLD]]
    if len(saved.changes) > MOST_TOLD:
        told.append(f"And {len(saved.changes) - MOST_TOLD} more.")
    return "\n".join([*told, *saved.hints])


def _one(change: rulebook.Change, choice: rulebook.Waiting) -> str:
    name = f'"{change.name}": {change.words}'
    if not change.count:
        return f"{name}."
    number = runs(change.count)
    if change.ends_runs:
        return f"{name}; {number} ended."
    if not change.is_changed or choice == "finish":
        return f"{name}; {number} {'goes' if change.count == 1 else 'go'} on with version {versions(change)}."
    return f"{name}; {number} {'ended' if choice == 'end' else 'started again on the new text'}."


def runs(count: int) -> str:
    """1 waiting run, 2 waiting runs"""
    return f"{figure(count)} waiting run{'' if count == 1 else 's'}"


def versions(change: rulebook.Change) -> str:
    """The versions that runs wait on: 2; or 1 and 3."""
    numbers = [str(number) for number in change.waiting]
    return " and ".join(filter(None, [", ".join(numbers[:-1]), numbers[-1]]))
