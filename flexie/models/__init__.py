"""Every table, one subject a file: columns, relations and predicates; the verbs live in flexie's modules."""

from flexie.models.audit import SUBJECTS, AuditEntry
from flexie.models.consent import ConsentChange, OptOut
from flexie.models.documents import STATES, Document, DocumentFile, ShortLink
from flexie.models.happenings import Happening, RecordMoment, SchedulePass
from flexie.models.imports import Import, ImportFault, ImportLump
from flexie.models.library import TemplateUse, TextTemplate
from flexie.models.lines import Connection, Line, LineAccess
from flexie.models.media import MediaBytes, MediaFile
from flexie.models.messages import Conversation, ConversationLink, Message, MessageLink, PlacedReaction
from flexie.models.notes import Note
from flexie.models.notices import Notice, WebhookAddress, WebhookCall
from flexie.models.records import FIELD_TYPES, KINDS, FieldDefinition, PhoneKey, Record, RecordTag
from flexie.models.renumbering import PrefixChange
from flexie.models.rules import NotStarted, Rule, RuleFile, RuleFileVersion, RuleVersion, Run, RunLog
from flexie.models.settings import Heartbeat, Settings
from flexie.models.users import ROLES, ApiToken, Group, PasswordLink, SignIn, User
from flexie.models.webhooks import TextPart, WebhookEvent, WebhookNonce
from flexie.models.words import TABLES as WORD_TABLES

__all__ = [
    "FIELD_TYPES", "KINDS", "ROLES", "STATES", "SUBJECTS", "WORD_TABLES", "ApiToken", "AuditEntry", "Connection",
    "ConsentChange", "Conversation", "ConversationLink", "Document", "DocumentFile", "FieldDefinition", "Group",
    "Happening", "Heartbeat", "Import", "ImportFault", "ImportLump", "Line", "LineAccess", "MediaBytes", "MediaFile",
    "Message", "MessageLink", "NotStarted", "Note", "Notice", "OptOut", "PasswordLink", "PhoneKey", "PlacedReaction",
    "PrefixChange", "Record", "RecordMoment", "RecordTag", "Rule", "RuleFile", "RuleFileVersion", "RuleVersion", "Run",
    "RunLog", "SchedulePass", "Settings", "ShortLink", "SignIn", "TemplateUse", "TextPart", "TextTemplate", "User",
    "WebhookAddress", "WebhookCall", "WebhookEvent", "WebhookNonce",
]  # fmt: skip
