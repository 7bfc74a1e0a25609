"""What somebody fills in to accept an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from touchbook.signin.models import Invitation, Login
from touchbook.signin.usernames import LENGTH_MAX, flaw_of, plain
from touchbook.store.models import Staff
from touchbook.workflows.accept_invitation import flaws_of_password


class AcceptForm(forms.Form):
    """A name for the first administrator; a username; a password twice, unless a company account takes its place."""

    name = forms.CharField(max_length=200)
    username = forms.CharField(required=False)  # its flaws are told in our own words
    password1 = forms.CharField(required=False, strip=False, widget=forms.PasswordInput)
    password2 = forms.CharField(required=False, strip=False, widget=forms.PasswordInput)

    def __init__(self, invitation: Invitation, with_company: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._staff = invitation.staff
        self._login = Login.objects.filter(staff=self._staff).first() if self._staff else None
        if self._staff is not None:
            del self.fields["name"]
        else:
            self.fields["name"].error_messages["required"] = _("Write your name, as your colleagues know you.")
        if with_company:
            del self.fields["password1"], self.fields["password2"]
        self.fields["username"].widget.attrs["maxlength"] = LENGTH_MAX

    def clean_username(self) -> str:
        """The name as it is kept."""
        username = plain(self.cleaned_data["username"])
        if flaw := flaw_of(username, self._login):
            raise forms.ValidationError(flaw)
        return username

    def clean(self) -> dict[str, Any]:
        """Both passwords alike, and good enough for whom they are."""
        given = super().clean() or {}
        if "password1" not in self.fields:
            return given
        password = given.get("password1", "")
        if not password:
            self.add_error("password1", _("Choose a password."))
            return given
        staff = self._staff or Staff(name=given.get("name", ""))
        for flaw in flaws_of_password(password, given.get("username", ""), staff):
            self.add_error("password1", flaw)
        if password != given.get("password2"):
            self.add_error("password2", _("The two passwords are not the same; type the same one twice."))
        return given
