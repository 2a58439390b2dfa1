"""Checks that need an accelerator; each is one short command."""
