"""Texts of others in Markdown and in chat messages. Imports the standard library only."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]|#])")
# Words that notify everybody in a channel.
_CALLS = re.compile(r"@(?=(channel|here|all|everyone)\b)", re.IGNORECASE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ENTITY = re.compile("[&<>]")


def escape_markdown(text: str) -> str:
    r"""Return a text of one line that Markdown and HTML show as it is.

    >>> escape_markdown("[a](http://b) <img>")
    '\\[a\\](http://b) &lt;img&gt;'
    """
    return _entities(_MARKDOWN.sub(r"\\\1", text))


def escape_chat(text: str) -> str:
    """Return a text that Slack shows as it is, and that links and calls nobody in services that read Markdown.

    >>> escape_chat("<!channel> & [a](http://b)")
    '&lt;!channel&gt; &amp; [a] (http://b)'
    """
    return _CALLS.sub("@\u200b", _entities(text.replace("](", "] (")))


def _entities(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[0]], text)
