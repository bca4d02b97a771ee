"""Which field a column is for: by its heading, which is a field's label or name, or a word that many programs use."""

import re
import unicodedata

from flexie import fields
from flexie.models import FieldDefinition

OTHER_WORDS = {
    "first_name": ("firstname", "givenname", "forename"),
    "last_name": ("lastname", "familyname", "surname"),
    "name": ("fullname", "companyname", "company"),
    "mobile": ("mobilephone", "mobilenumber", "cell", "cellphone", "cellnumber", "phone", "phonenumber", "number"),
    "phone": ("phonenumber", "telephone", "homephone", "workphone", "businessphone"),
    "email": ("mail", "emailaddress", "eaddress"),
    "city": ("town", "place"),
    "postcode": ("zip", "zipcode", "postalcode"),
    "allow_sms": ("smsallowed", "smsoptin", "optin"),
    "birthday": ("dateofbirth", "birthdate", "dob"),
}


def columns(kind: str, headings: list[str]) -> list[str]:
    """For each heading the name of a field of the kind, or "" where none fits; no field twice."""
    known = fields.in_use(kind)
    chosen = [""] * len(headings)
    free = {definition.name: definition for definition in known}
    for fits in (_says_it, _means_it):
        for at, heading in enumerate(headings):
            plain = _plain(heading)
            if not chosen[at] and (name := next((name for name, one in free.items() if fits(one, plain)), "")):
                chosen[at] = name
                del free[name]
    return chosen


def _says_it(definition: FieldDefinition, plain: str) -> bool:
    return plain in (_plain(definition.label), _plain(definition.name))


def _means_it(definition: FieldDefinition, plain: str) -> bool:
    return plain in OTHER_WORDS.get(definition.name, ())


def _plain(words: str) -> str:
    """Letters and digits alone, small and without accents."""
    written = unicodedata.normalize("NFKD", words.casefold())
    return re.sub(r"[\W_]", "", "".join(char for char in written if not unicodedata.combining(char)))
