"""Drain, the tree that most log parsers are compared with (He et al., ICWS 2017), as a baseline.

Plain and untuned: a line's tokens, depth 4, similarity .4, at most 100 children; a token with a
digit counts as a parameter in the tree; no masks, no rules of one log's own.
"""

DEPTH = 4  # levels of the tree: root, length, two tokens
SIMILARITY = 0.4
CHILDREN_MAX = 100
PARAMETER = "<*>"


class Group:
    def __init__(self, number, tokens):
        self.number, self.tokens = number, tokens

    def similarity(self, tokens):
        """Share of equal tokens; of equals the group with more parameters wins."""
        same = sum(a == b for a, b in zip(self.tokens, tokens) if a != PARAMETER)
        return (same / len(tokens) if tokens else 1.0), self.tokens.count(PARAMETER)

    def take(self, tokens):
        self.tokens = [a if a == b else PARAMETER for a, b in zip(self.tokens, tokens)]


def leaf(tree, tokens):
    """The list of groups that the first tokens lead to."""
    node = tree.setdefault(len(tokens), {})
    for token in tokens[:DEPTH - 2]:
        key = PARAMETER if any(map(str.isdigit, token)) else token
        if key not in node:
            room = CHILDREN_MAX - (PARAMETER not in node)  # one place is the parameters'
            key = key if len(node) < room else PARAMETER
        node = node.setdefault(key, {})
    return node.setdefault(None, [])


def groups(messages):
    """The number of each message's group, in one pass over them."""
    tree, numbers, count = {}, [], 0
    for message in messages:
        tokens = message.split()
        known = leaf(tree, tokens)
        best = max(known, key=lambda one: one.similarity(tokens), default=None)
        if best is None or best.similarity(tokens)[0] < SIMILARITY:
            best = Group(count, tokens)
            count += 1
            known.append(best)
        else:
            best.take(tokens)
        numbers.append(best.number)
    return numbers
