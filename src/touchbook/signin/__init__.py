"""Signing in: the logins of members of staff, invitations, and what single sign-on may do."""
