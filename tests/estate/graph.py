"""The oracle's graph: nodes with kind and presence, links between them."""

from naming import crawled, kind_of, scope_of


class Graph:
    def __init__(self):
        self.live, self.links, self.unreadable, self.names = {}, set(), set(), {}

    def node(self, id, kind=None):
        """Something that AWS described."""
        self.live[id] = kind or kind_of(id)
        return id

    def link(self, source, relation, target):
        """A link; a target that is None is no link."""
        if target:
            self.links.add((source, relation, self.names.get(target, target)))

    def rename(self, name, id):
        """What links call by this name goes by this id."""
        self.names[name] = id
        self.links = {(source, relation, id if target == name else target) for source, relation, target in self.links}

    def named(self):
        """Everything that some link points to."""
        return {target for _, _, target in self.links}

    def document(self, unlisted):
        """The oracle's JSON; unlisted has the (scope, kind) whose listing failed."""
        resources = [{"id": id, "kind": kind, "presence": "LIVE"} for id, kind in self.live.items()]
        for id in self.named() - self.live.keys():
            kind, scope = kind_of(id), scope_of(id) if crawled(id) else None
            if not scope:
                presence = "OUTSIDE"
            elif id in self.unreadable or (scope, kind) in unlisted:
                presence = "UNREADABLE"
            else:
                presence = "MISSING"
            resources.append({"id": id, "kind": kind, "presence": presence})
        links = [{"from": s, "relation": r, "to": t} for s, r, t in self.links]
        return {"resources": sorted(resources, key=lambda r: r["id"]),
                "links": sorted(links, key=lambda link: (link["from"], link["relation"], link["to"]))}
