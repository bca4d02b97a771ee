"""Steps and the lines of tests, each as one line or as a block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rules import syntax
from rules.writing.phrases import (
    condition,
    duration,
    field,
    matching,
    moment,
    patterns,
    quoted,
    somebody,
    value,
)

INDENT = "  "
_FIXED: dict[type[syntax.Node], str] = {
    syntax.AttachMessage: "attach message to case",
    syntax.CloseCase: "close case",
    syntax.Stop: "stop",
    syntax.DoNothing: "do nothing",
    syntax.ReportDelivered: "sms delivered",
    syntax.ReportFailed: "sms failed",
}


def below(lines: Iterable[str]) -> Iterator[str]:
    """Lines one level deeper."""
    return (INDENT + line for line in lines)


def steps(nodes: Iterable[syntax.Node]) -> Iterator[str]:
    """The lines of steps."""
    for node in nodes:
        yield from _step(node)


def _step(node: syntax.Node) -> Iterator[str]:
    match node:
        case syntax.SendSms():
            where = f" to {field(node.to)}" if node.to else ""
            where += f" from line {quoted(node.line.value)}" if node.line else ""
            yield from _saying("send sms", node.text, where)
        case syntax.Notify():
            yield from _saying(f"notify {somebody(node.to)}", node.text, "")
        case syntax.WaitForReply():
            yield f"wait for reply up to {duration(node.limit)}:"
            for case in node.cases:
                yield from below(_case(case))
        case syntax.If():
            yield from _if(node)
        case syntax.Create():
            title = f" {quoted(node.title.value)}" if node.title else ""
            yield f"create {node.kind}{title}{':' if node.fields else ''}"
            yield from below(steps(node.fields))
        case _:
            yield _short(node)


def _saying(what: str, text: syntax.Text, where: str) -> Iterator[str]:
    if not text.long:
        yield f"{what} {quoted(text.value)}{where}"
        return
    yield f"{what}{where}:"
    yield from below(f"| {line}" if line else "|" for line in text.value.split("\n"))


def _case(node: syntax.Node) -> Iterator[str]:
    match node:
        case syntax.OnReply():
            yield f"on reply matches {patterns(node.patterns)}:"
            yield from below(steps(node.steps))
        case syntax.OnOtherReply():
            yield "on any other reply:" if node.other else "on any reply:"
            yield from below(steps(node.steps))
        case syntax.OnNoReply():
            yield "on no reply:"
            yield from below(steps(node.steps))


def _if(node: syntax.If) -> Iterator[str]:
    word = "if"
    for branch in node.branches:
        yield f"{word} {condition(branch.condition)}:"
        yield from below(steps(branch.steps))
        word = "else if"
    if node.otherwise:
        yield "else:"
        yield from below(steps(node.otherwise))


def _short(node: syntax.Node) -> str:
    if type(node) in _FIXED:
        return _FIXED[type(node)]
    match node:
        case syntax.Wait():
            return f"wait {duration(node.duration)}"
        case syntax.WaitUntil():
            return f"wait until {moment(node.moment)}"
        case syntax.SetField():
            return f"set {field(node.field)} to {value(node.value)}"
        case syntax.Remember():
            return f"remember {node.name.value} as {value(node.value)}"
        case syntax.AddTag() | syntax.RemoveTag():
            return f"{'add' if isinstance(node, syntax.AddTag) else 'remove'} tag {quoted(node.tag.value)}"
        case syntax.Assign():
            return f"assign to {somebody(node.to)}"
        case syntax.StartRule() | syntax.RuleIsStarted():
            return f"start rule {quoted(node.rule.value)}"
    if isinstance(node, syntax.CallWebhook):
        return f"call webhook {quoted(node.webhook.value)}"
    raise TypeError(f"There are no words for the step {type(node).__name__}.")


def script(nodes: Iterable[syntax.Node]) -> Iterator[str]:
    """The lines of a test."""
    for node in nodes:
        if isinstance(node, syntax.Given):
            yield f"given {node.kind}:"
            yield from below(_given(fact) for fact in node.facts)
        else:
            yield _happens(node)


def _given(node: syntax.Node) -> str:
    match node:
        case syntax.GivenField():
            return f"{field(node.field)} is {value(node.value)}"
        case syntax.GivenTag():
            return f"has tag {quoted(node.tag.value)}"
    raise TypeError(f"There are no words for {type(node).__name__} below given.")


def _happens(node: syntax.Node) -> str:
    match node:
        case syntax.GivenUnknownSender():
            return f"given unknown sender {quoted(node.number.value)}"
        case syntax.ClockIs():
            return f"clock is {value(node.moment)}"
        case syntax.TextArrives():
            return f"incoming sms {quoted(node.text.value)}" + (
                f" on line {quoted(node.line.value)}" if node.line else ""
            )
        case syntax.ChangeField():
            return f"change {field(node.field)} to {value(node.value)}"
        case syntax.RuleIsStarted() | syntax.ReportDelivered() | syntax.ReportFailed():
            return _short(node)
        case syntax.After():
            return f"after {duration(node.duration)}"
        case syntax.Until():
            return f"until {moment(node.moment)}"
        case _:
            return f"expect {_expected(node)}"


def _expected(node: syntax.Node) -> str:
    match node:
        case syntax.ExpectSms():
            words = f" {quoted(node.text.value)}" if node.text else matching(node.patterns)
            return f"sms{words}" + (f" from line {quoted(node.line.value)}" if node.line else "")
        case syntax.ExpectNoSms():
            return "no sms"
        case syntax.ExpectSkipped():
            return "sms skipped" + (f" because {quoted(node.because.value)}" if node.because else "")
        case syntax.ExpectNotify():
            return f"notify {somebody(node.to)}{matching(node.patterns)}"
        case syntax.ExpectRule():
            return f"rule {quoted(node.rule.value)} {node.state}"
        case syntax.Expect():
            return condition(node.condition)
    raise TypeError(f"There are no words for {type(node).__name__} in a test.")
